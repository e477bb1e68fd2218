import { connect, createServer } from 'node:net';
import { argv } from 'node:process';
import { joinSockets } from './join-sockets.ts';

/** `node bridge-end.ts PORT PATH`: connections to a port of 127.0.0.1 go on to the socket file; prints `ready`. */
const [port, path = ''] = argv.slice(2);

const server = createServer(taken => joinSockets(taken, connect(path)));
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
