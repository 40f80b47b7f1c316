/** The agent's words where the editor would read more into them than text. */

/** Controls and marks of direction that are not seen, but change what is. A line break is none of them. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** Text for messages, status bar and pick lists: there `[a](b)` would be a link and `$(a)` an icon. */
export function plain(text: string): string {
  return text.replace(UNSEEN, "").replaceAll("](", "] (").replaceAll("$(", "$ (");
}
