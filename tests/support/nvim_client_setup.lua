-- In place of diagnostics: the hunks that wait in a file, as the client asks for them.
function E2E.diagnostics(path)
  local uri = vim.uri_from_bufnr(E2E.buf(path))
  local reply = E2E.client():request_sync('harness/review/list', { uri = uri }, 5000, 0)
  local rows = {}
  for _, hunk in ipairs(reply.result.hunks) do
    local kept = hunk.policy == 'keep' and (hunk.placement == 'present' or hunk.placement == 'unverified')
    if hunk.decision == nil and (hunk.policy ~= 'keep' or kept) then
      table.insert(rows, {
        line = hunk.range.start.line, last = hunk.range['end'].line, code = hunk.hunkId, message = hunk.fit,
        severity = vim.diagnostic.severity.HINT,
      })
    end
  end
  return rows
end

-- Asks, and keeps the outcomes.
function E2E.decide(decisions)
  E2E.outcomes = nil
  E2E.client():request('harness/review/decide', { decisions = decisions }, function(err, result)
    E2E.outcomes = err and { { outcome = err.message } } or result.outcomes
  end, 0)
end
