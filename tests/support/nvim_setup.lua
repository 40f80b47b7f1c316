-- Runs once in each Neovim that a test starts: a way for the test to see and to answer.
E2E = { progress = {}, waiting = {}, number = 0, fed = false }

-- Every choice is left open until the test takes it.
vim.ui.select = function(items, opts, on_choice)
  E2E.number = E2E.number + 1
  local titles = vim.tbl_map(opts.format_item or tostring, items)
  table.insert(E2E.waiting, {
    number = E2E.number, kind = opts.kind or '', prompt = opts.prompt or '', items = titles,
    take = function(index) on_choice(items[index], items[index] and index or nil) end,
  })
end

function E2E.asked()
  local first = E2E.waiting[1]
  return first and { number = first.number, kind = first.kind, prompt = first.prompt, items = first.items } or false
end

function E2E.pick(number, index)
  for at, question in ipairs(E2E.waiting) do
    if question.number == number then
      table.remove(E2E.waiting, at)
      return question.take(index)
    end
  end
  error('no such question is open')
end

vim.api.nvim_create_autocmd('LspProgress', {
  callback = function(event)
    local value = event.data.params.value
    table.insert(E2E.progress, {
      token = event.data.params.token, kind = value.kind, message = value.message or '', title = value.title or '',
      cancellable = value.cancellable or false,
    })
  end,
})

function E2E.client()
  return vim.lsp.get_clients({ name = 'harness' })[1]
end

function E2E.ready()
  local client = E2E.client()
  return client ~= nil and client.initialized == true
end

function E2E.buf(path)
  return path == '' and vim.api.nvim_get_current_buf() or vim.fn.bufadd(vim.fn.fnamemodify(path, ':p'))
end

function E2E.text(path)
  return vim.lsp._buf_get_full_text(E2E.buf(path))
end

function E2E.diagnostics(path)
  local rows = {}
  for _, one in ipairs(vim.diagnostic.get(E2E.buf(path))) do
    if one.source == 'harness' then
      table.insert(rows, {
        line = one.lnum, last = one.end_lnum, code = one.code, message = one.message, severity = one.severity,
      })
    end
  end
  table.sort(rows, function(a, b) return a.line < b.line end)
  return rows
end

function E2E.run(command, argument)
  E2E.client():exec_cmd({ title = command, command = command, arguments = { argument } }, { bufnr = 0 })
end

-- What a person does in the moment before, or right after, an edit arrives: Lua source, run so many times.
function E2E.around_edit(times, before, after)
  for _, name in ipairs({ 'workspace/applyEdit', 'harness/editor/apply' }) do
    local real = vim.lsp.handlers[name]
    vim.lsp.handlers[name] = real and function(err, params, ctx)
      local now = times > 0
      times = times - 1
      local buffer = vim.uri_to_bufnr(params.uri or params.edit.documentChanges[1].textDocument.uri)
      if now then loadstring(before)(buffer) end
      local reply = real(err, params, ctx)
      if now then loadstring(after)(buffer) end
      return reply
    end
  end
end
