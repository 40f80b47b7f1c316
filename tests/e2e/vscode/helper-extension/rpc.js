// Requests as JSON lines on a Unix socket: {id, op, ...arguments} is answered by {id, result} or {id, error}.
'use strict';
const net = require('node:net');
const readline = require('node:readline');

/** Answer `table[op](arguments)` at `path`, one request after the other; resolves to the listening server. */
function serve(path, table) {
  const answer = async ({ id, op, ...given }) => {
    try {
      return { id, result: (await table[op](given)) ?? null };
    } catch (error) {
      return { id, error: `${op}: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
  const server = net.createServer(async (socket) => {
    socket.on('error', () => socket.destroy());
    for await (const line of readline.createInterface({ input: socket })) {
      const reply = JSON.stringify(await answer(JSON.parse(line)));
      if (!socket.writable) return;
      socket.write(`${reply}\n`);
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

module.exports = { serve };
