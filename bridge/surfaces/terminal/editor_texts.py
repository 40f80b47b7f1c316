"""The configurations that `init-editor` prints. Pure: the daemon's command in, text out.

None names a model: the daemon's own default is the offline engine.
"""

import json
from collections.abc import Mapping, Sequence

_NVIM = """\
-- Harness Bridge, for Neovim 0.11 or newer. No plugin is needed.
--
--   ask       write a comment `agent: rename total to grand_total`, then gra on it (or on a selection)
--   look      ]d goes to the next change, <C-W>d shows it
--   decide    gra on it: accept, reject, reject with a reason, all in the file; u takes an accepted one back

vim.lsp.config('harness', {{
  cmd = {{ {command} }},
  root_markers = {{ '.harness', '.git' }},
}})
vim.lsp.enable('harness')

-- Without this, Neovim 0.11 asks for a key after each message of any language server. A message that is longer than a
-- line is cut; `:messages` has all of it.
vim.lsp.handlers['window/showMessage'] = function(_, message)
  local options, more = vim.o.messagesopt, vim.o.more
  vim.o.messagesopt, vim.o.more = options:gsub('hit%-enter', 'wait:0'), false
  vim.notify(message.message, ({{ vim.log.levels.ERROR, vim.log.levels.WARN }})[message.type] or vim.log.levels.INFO)
  vim.o.messagesopt, vim.o.more = options, more
  local line, room = message.message:gsub('%s+', ' '), vim.v.echospace
  if message.message:find('%c') or vim.fn.strdisplaywidth(line) > room then
    vim.cmd.redraw()
    vim.api.nvim_echo({{ {{ vim.fn.printf('%.' .. (room - 1) .. 'S…', line) }} }}, false, {{}})
  end
end
"""

_HELIX = """\
# Harness Bridge, for Helix 23.10 or newer.
#
#   ask       write a comment `agent: rename total to grand_total`, then space a on it (or on a selection)
#   look      ]d goes to the next change
#   decide    space a on it: accept, reject, reject with a reason, all in the file; u takes an accepted one back
#
# A list of language servers replaces Helix's own, so these lists begin with the servers that Helix brings; those that
# are not installed are passed over. Where you have a list of your own, add "harness-bridge" to it instead.

[language-server.harness-bridge]
command = {program}
args = {arguments}
"""

_HELIX_LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "python": ("ty", "ruff", "jedi", "pylsp"),
    "javascript": ("typescript-language-server",),
    "jsx": ("typescript-language-server",),
    "typescript": ("typescript-language-server",),
    "tsx": ("typescript-language-server",),
    "markdown": ("marksman", "markdown-oxide"),
    "rust": ("rust-analyzer",),
    "go": ("gopls", "golangci-lint-lsp"),
    "c": ("clangd",),
    "cpp": ("clangd",),
    "java": ("jdtls",),
    "ruby": ("ruby-lsp", "solargraph"),
    "lua": ("lua-language-server",),
    "bash": ("bash-language-server",),
    "html": ("vscode-html-language-server", "superhtml"),
    "css": ("vscode-css-language-server",),
    "json": ("vscode-json-language-server",),
    "yaml": ("yaml-language-server", "ansible-language-server"),
    "toml": ("taplo", "tombi"),
}
"""Helix's language servers for some of its languages, by the names of its own languages.toml (25.07 and later)."""

_EMACS = """\
;; Harness Bridge, for Emacs 28 or newer, with Eglot or with lsp-mode.
;;
;;   ask       write a comment `agent: rename total to grand_total', then ask for code actions on it (or on a region)
;;   look      M-x flymake-goto-next-error goes to the next change
;;   decide    code actions on it: accept, reject, reject with a reason, all in the file; undo takes it back
;;   code actions are M-x eglot-code-actions, or M-x lsp-execute-code-action

(defvar harness-bridge-command '({command}))

(defvar harness-bridge-modes
  '(python-mode python-ts-mode
    js-mode js-ts-mode typescript-mode typescript-ts-mode tsx-ts-mode
    markdown-mode markdown-ts-mode))

;; Eglot talks to one server per buffer: in these modes Harness Bridge takes the place of the language's own server.
;; Take out the modes where you want to keep that one, or use lsp-mode, which talks to several.
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons harness-bridge-modes harness-bridge-command))
  ;; You decide when you accept: don't ask again before the buffer is changed. (This is for all servers.)
  (setq eglot-confirm-server-initiated-edits nil))

;; lsp-mode: beside the language's own server, in every buffer where it runs.
(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client
    :new-connection (lsp-stdio-connection (lambda () harness-bridge-command))
    :activation-fn (lambda (&rest _) t)
    :add-on? t
    :server-id 'harness-bridge)))

;; Start one of them when a file is opened: lsp-mode where it is installed, else Eglot.
(let ((start (cond ((fboundp 'lsp-deferred) #'lsp-deferred)
                   ((fboundp 'eglot-ensure) #'eglot-ensure))))
  (when start
    (dolist (mode harness-bridge-modes)
      (add-hook (intern (format "%s-hook" mode)) start))))
"""


def nvim(command: Sequence[str]) -> str:
    """init.lua, or a part of it."""
    return _NVIM.format(command=", ".join(_lua(word) for word in command))


def vscode(command: Sequence[str]) -> str:
    """A part of settings.json; JSON without comments."""
    return json.dumps({"harnessBridge.command": list(command)}, indent=2, ensure_ascii=False) + "\n"


def helix(command: Sequence[str]) -> str:
    """A part of languages.toml."""
    program, *arguments = command
    head = _HELIX.format(program=_json(program), arguments=_json(arguments))
    rows = (
        f'\n[[language]]\nname = "{language}"\nlanguage-servers = {_json([*servers, "harness-bridge"])}\n'
        for language, servers in _HELIX_LANGUAGES.items()
    )
    return head + "".join(rows)


def emacs(command: Sequence[str]) -> str:
    """A part of init.el."""
    return _EMACS.format(command=" ".join(_lisp(word) for word in command))


def _json(value: str | Sequence[str]) -> str:
    """A string or a list of strings, as JSON and TOML write them alike."""
    return json.dumps(value, ensure_ascii=False)


def _lua(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def _lisp(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
