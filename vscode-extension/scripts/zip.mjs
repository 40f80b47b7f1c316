// A zip writer as small as it can be: deflated entries, a fixed time, so that the same files give the same bytes.
import { crc32, deflateRawSync } from "node:zlib";

/** 1980-01-01 00:00, the earliest time that a zip can say. */
const DOS_DATE = 0x0021;
const UTF8 = 0x0800;
const DEFLATED = 8;

/** What the local and the central header have in common: version, flags, method, time, sums, sizes, name's length. */
function shared({ name, data, packed }) {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(UTF8, 2);
  fields.writeUInt16LE(DEFLATED, 4);
  fields.writeUInt16LE(DOS_DATE, 8);
  fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(data.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  return fields;
}

function signature(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}

function centralTail(offset) {
  const fields = Buffer.alloc(14);
  fields.writeUInt32LE(offset, 10);
  return fields;
}

/** A zip of [name, bytes] pairs, in their order. */
export function zip(files) {
  const body = [];
  const directory = [];
  let offset = 0;
  for (const [name, data] of files) {
    const entry = { name, data, packed: deflateRawSync(data, { level: 9 }) };
    const local = Buffer.concat([signature(0x04034b50), shared(entry), Buffer.from(name), entry.packed]);
    const made = Buffer.from([20, 0]);
    directory.push(signature(0x02014b50), made, shared(entry), centralTail(offset), Buffer.from(name));
    body.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...body, central, signature(0x06054b50), end]);
}
