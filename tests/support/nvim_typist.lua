-- A person who types, and a journal of everything that happens to a buffer, as the editor itself tells of it.
-- Nothing here knows of hunks: whether an edit landed where it belongs is for whoever reads the journal.
Typist = { journals = {}, before = {}, after = {}, answered = {} }

local function note(buf, ...)
  table.insert(Typist.journals[buf], { ... })
end

local function standing(buf)
  return vim.api.nvim_buf_get_changedtick(buf), vim.fn.undotree(buf).seq_cur, vim.api.nvim_buf_get_lines(buf, 0, -1, false)
end

-- From now on every change of the buffer is in its journal.
function Typist.watch(buf)
  Typist.journals[buf], Typist.before[buf], Typist.after[buf] = {}, {}, {}
  note(buf, 'stands', standing(buf))
  vim.api.nvim_buf_attach(buf, false, {
    on_bytes = function(_, _, _, row, column, _, old_rows, old_column, _, new_rows, new_column)
      note(buf, 'splice', row, column, old_rows, old_column, new_rows, new_column)
    end,
    on_lines = function()
      note(buf, 'stands', standing(buf))
    end,
  })
end

function Typist.take(buf)
  local journal = Typist.journals[buf]
  Typist.journals[buf] = nil
  return journal
end

function Typist.go(buf, line)
  vim.api.nvim_win_set_buf(0, buf)
  vim.api.nvim_win_set_cursor(0, { math.min(math.max(line, 0), vim.api.nvim_buf_line_count(buf) - 1) + 1, 0 })
end

-- Keys in normal mode, handled before this returns.
function Typist.keys(buf, line, keys)
  Typist.go(buf, line)
  vim.api.nvim_feedkeys(vim.keycode(keys), 'xt', false)
  note(buf, 'rests', standing(buf))
end

-- `u` or `<C-r>`: what stands after it is a text that stood before.
function Typist.travel(buf, key)
  Typist.go(buf, vim.api.nvim_win_get_cursor(0)[1] - 1)
  note(buf, 'travels')
  vim.api.nvim_feedkeys(vim.keycode(key), 'xt', false)
  note(buf, 'travelled', standing(buf))
end

-- What any plugin may do: lines [first, last) become others; `first` and `last` are clamped.
function Typist.replace(buf, first, last, rows)
  local count = vim.api.nvim_buf_line_count(buf)
  first = math.min(first, count)
  vim.api.nvim_buf_set_lines(buf, first, math.min(math.max(first, last), count), false, rows)
  note(buf, 'rests', standing(buf))
end

-- A formatter that gives the whole text back: `from` says for each new line which one (from 0) it was, or -1. As
-- formatters do, it gives up where the text is not the one any more that it read.
function Typist.format(buf, tick, rows, from)
  if vim.api.nvim_buf_get_changedtick(buf) ~= tick then
    return
  end
  note(buf, 'formats', from)
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, rows)
  note(buf, 'rests', standing(buf))
end

function Typist.write(buf)
  Typist.go(buf, 0)
  vim.cmd('silent write')
  note(buf, 'written', standing(buf))
end

-- The code action of this command for this hunk, or for the file, at this line. Where there is none nothing happens.
function Typist.choose(buf, line, command, hunk)
  Typist.go(buf, line)
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      local given = action.command and action.command.command == command and action.command.arguments[1]
      return given and (hunk == '' or given.hunkId == hunk)
    end,
  })
end

-- The command at once, as from a key of the person's own in this buffer; `answered` tells when it is done.
function Typist.command(buf, command, argument, token)
  Typist.answered[token] = false
  local done = function() Typist.answered[token] = true end
  E2E.client():exec_cmd({ title = command, command = command, arguments = { argument } }, { bufnr = buf }, done)
end

function Typist.hunks(buf)
  return vim.tbl_map(function(one) return { one.lnum, one.code } end, vim.diagnostic.get(buf))
end

local function happen(buf, things)
  while #things > 0 do
    Typist.replace(buf, unpack(table.remove(things, 1)))
  end
end

-- The agent's edits are in the journal as such. What is in `before` or `after` happens in the moment around one.
local apply = vim.lsp.handlers['workspace/applyEdit']
vim.lsp.handlers['workspace/applyEdit'] = function(err, params, ctx)
  local change = params.edit.documentChanges[1]
  local buf = vim.uri_to_bufnr(change.textDocument.uri)
  if not Typist.journals[buf] then
    return apply(err, params, ctx)
  end
  happen(buf, Typist.before[buf])
  note(buf, 'edits', #change.edits)
  local reply = apply(err, params, ctx)
  note(buf, 'edited', standing(buf))
  happen(buf, Typist.after[buf])
  return reply
end
