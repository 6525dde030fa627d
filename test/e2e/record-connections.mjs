// Loaded before everything else into the server and its children: writes the target of every outgoing connection and
// every name that is looked up to the file SECOND_LOOK_CONNECTIONS, a line each.
import { appendFileSync } from 'node:fs';
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

const file = process.env.SECOND_LOOK_CONNECTIONS;
const note = (what) => appendFileSync(file, `${process.pid} ${what}\n`);

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  const target = typeof first === 'object' ? (first.path ?? first.host ?? 'localhost') : String(args[1] ?? 'localhost');
  note(`connect ${target}`);
  return connect.apply(this, args);
};

for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  for (const resolver of [dns, dns.promises]) {
    const original = resolver[name];
    resolver[name] = function (host, ...rest) {
      note(`resolve ${host}`);
      return original.call(this, host, ...rest);
    };
  }
}

const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) {
  note('datagram');
  return send.apply(this, args);
};
