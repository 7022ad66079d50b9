'use strict';

// node producer.js URL CONTAINER COUNT: a wrapper around a container's work, as they are written: types in capitals, what is said while the hub is away is queued, connections are
// made again with growing pauses, a heartbeat goes out all the while. Says COUNT lines, one after the other, then that it is done; ends when that is on its way.
const { WebSocket } = require('ws');

const [url, containerID, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];

class Reporter {
  constructor() {
    this.queue = [];
    this.attempt = 0;
    this.connect();
  }

  connect() {
    this.socket = new WebSocket(url);
    this.socket.on('open', () => {
      this.attempt = 0;
      console.log('connected');
      this.flush();
    });
    this.socket.on('message', (data) => {
      const message = JSON.parse(data);
      console.log(message.type, JSON.stringify(message.data.command ?? message.data.code ?? ''));
      if (message.type === 'COMMAND' && message.data.command === 'stop') {
        this.stopped = true;
      }
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      if (!this.ended) {
        setTimeout(() => this.connect(), Math.min(1000, 50 * 2 ** this.attempt++));
      }
    });
  }

  send(type, data) {
    this.queue.push(JSON.stringify({ type, containerID, timestamp: new Date().toISOString(), data }));
    this.flush();
  }

  flush() {
    while (this.queue.length > 0 && this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(this.queue.shift());
    }
  }

  end() {
    if (this.queue.length > 0 || this.socket.readyState !== WebSocket.OPEN) {
      setTimeout(() => this.end(), 20);
      return;
    }
    this.ended = true;
    clearInterval(this.beating);
    this.socket.close(1000);
  }
}

const reporter = new Reporter();
reporter.beating = setInterval(() => reporter.send('HEARTBEAT', { timestamp: new Date().toISOString(), uptime: process.uptime() }), 200);
reporter.send('STATUS', { status: 'running', message: 'Executing task' });

let line = 0;
const work = setInterval(() => {
  if (line < count && !reporter.stopped) {
    line++;
    reporter.send('LOG', { level: line % 10 === 0 ? 'error' : 'info', message: `line ${line}`, metadata: { line } });
    return;
  }
  clearInterval(work);
  reporter.send('STATUS', { status: 'completed' });
  reporter.send('COMPLETE', { exitCode: reporter.stopped ? 143 : 0, duration: Math.round(process.uptime() * 1000) });
  reporter.end();
}, 4);
