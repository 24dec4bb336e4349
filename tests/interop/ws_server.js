// A server of the npm package ws for the tests with real peers.
//
// Prints its port and serves on the loopback interface until its standard input ends. What it does depends on the
// path: /echo, /fragments, /ping, /close?CODE,REASON, /last, /503; any other is refused with 404.
'use strict';

const http = require('http');
const { WebSocketServer } = require('ws');

let lastClose = '';

function echo(ws) {
  ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
}

// Each message back in fragments of a third, at least one byte each.
function fragments(ws) {
  ws.on('message', (data, isBinary) => {
    const size = Math.max(1, Math.floor(data.length / 3));
    for (let i = 0; i < data.length; i += size) {
      ws.send(data.subarray(i, i + size), { binary: isBinary, fin: i + size >= data.length });
    }
  });
}

function ping(ws) {
  ws.on('pong', (data) => ws.send(data.toString() === 'are you there' ? 'the pong came' : 'another pong'));
  ws.ping('are you there');
  echo(ws);
}

function close(ws, query) {
  const [, code, reason] = /^([0-9]+),(.*)$/.exec(decodeURIComponent(query));
  ws.close(Number(code), reason);
}

function last(ws) {
  ws.send(lastClose);
}

const places = { '/echo': echo, '/fragments': fragments, '/ping': ping, '/close': close, '/last': last };

function refuse(socket, status, headers, body) {
  socket.end(`HTTP/1.1 ${status}\r\n${headers}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
}

const sockets = new WebSocketServer({
  noServer: true,
  maxPayload: 0,
  handleProtocols: (offered) => (offered.has('chat.v1') ? 'chat.v1' : false),
});
const server = http.createServer();

server.on('upgrade', (request, socket, head) => {
  const [path, query] = request.url.split('?');
  if (path === '/503') return refuse(socket, '503 Service Unavailable', 'Retry-After: 7\r\n', 'not now\n');
  if (!(path in places)) return refuse(socket, '404 Not Found', '', 'no such place\n');
  return sockets.handleUpgrade(request, socket, head, (ws) => {
    ws.on('error', () => {});
    ws.on('close', (code, reason) => {
      if (path !== '/last') lastClose = `${code} ${reason}`;
    });
    places[path](ws, query);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
