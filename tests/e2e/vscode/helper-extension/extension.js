// What no test can read off the screen: whole texts, versions, unsaved marks, lenses out of sight.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { serve } = require('./rpc.js');

const same = (file) => (document) => document.uri.scheme !== 'untitled' && document.uri.path === file;

const described = (document) => ({
  text: document.getText(),
  dirty: document.isDirty,
  version: document.version,
  uri: document.uri.toString(),
});

const place = ({ line, character }) => [line, character];

const operations = {
  /** The open document at a path; null where none is open. */
  document({ file }) {
    const found = vscode.workspace.textDocuments.filter(same(file));
    const document = found.find((each) => ['file', 'vscode-remote'].includes(each.uri.scheme)) ?? found[0];
    return document ? described(document) : null;
  },

  /** The document of the editor that has the focus, or last had it. */
  active() {
    const editor = vscode.window.activeTextEditor;
    if (!editor) return null;
    return {
      ...described(editor.document),
      file: editor.document.uri.path,
      selections: editor.selections.map(({ anchor, active }) => [place(anchor), place(active)]),
    };
  },

  /** Open a file, put the cursor there, and scroll it to the middle. */
  async show({ file, line, character }) {
    const at = new vscode.Position(line, character);
    const options = { preview: false, selection: new vscode.Range(at, at) };
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(file), options);
    editor.revealRange(options.selection, vscode.TextEditorRevealType.InCenter);
  },

  /** A command by its id; its result as far as it is JSON. `{"uri": path}` becomes a Uri. */
  execute({ command, given }) {
    const revived = given.map((value) => (typeof value?.uri === 'string' ? vscode.Uri.file(value.uri) : value));
    return vscode.commands.executeCommand(command, ...revived);
  },

  /** Every lens of an open document, resolved, whether or not it can be seen. */
  async lenses({ uri, limit }) {
    const found = await vscode.commands.executeCommand('vscode.executeCodeLensProvider', vscode.Uri.parse(uri), limit);
    return found.map(({ range, command }) => ({ line: range.start.line, title: command?.title ?? '' }));
  },

  /** The problems that are shown of a file. */
  diagnostics({ file }) {
    const found = vscode.languages.getDiagnostics(vscode.Uri.file(file));
    return found.map(({ range, message, source }) => ({ line: range.start.line, message, source: source ?? '' }));
  },

  /** The tabs of all groups, in order. */
  tabs() {
    const all = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    return all.map(({ label, isActive, isDirty }) => ({ label, active: isActive, dirty: isDirty }));
  },

  /** Whether an extension runs. */
  running({ extension }) {
    return vscode.extensions.getExtension(extension)?.isActive ?? false;
  },
};

/** Listen, then say where: one file that a new window replaces. */
async function activate(context) {
  const folder = process.env.HARNESS_BRIDGE_TEST_HELPER;
  const socket = path.join(folder, `${process.pid}.sock`);
  const server = await serve(socket, operations);
  context.subscriptions.push({ dispose: () => server.close() });
  const fresh = path.join(folder, `${process.pid}.json`);
  fs.writeFileSync(fresh, JSON.stringify({ pid: process.pid, socket }));
  fs.renameSync(fresh, path.join(folder, 'window.json'));
}

module.exports = { activate };
