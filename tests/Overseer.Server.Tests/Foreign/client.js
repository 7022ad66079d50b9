'use strict';

// A client of the v2 protocol over the package "ws", as its programs write it: every request has an id, answers are found by id.
const { WebSocket } = require('ws');

const DEADLINE_MS = 30000;

class Client {
  static open(port, path = '/ws', subprotocols = []) {
    const client = new Client(new WebSocket(`ws://127.0.0.1:${port}${path}`, subprotocols));
    return new Promise((resolve, reject) => {
      client.socket.once('open', () => resolve(client));
      client.socket.once('error', reject);
    });
  }

  constructor(socket) {
    this.socket = socket;
    this.inbox = [];
    this.waiting = [];
    this.ids = 0;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    this.closed.then((code) => this.waiting.forEach(({ reject, what }) => reject(new Error(`closed with ${code} while waiting for ${what}`))));
    socket.on('message', (data, isBinary) => {
      if (isBinary) {
        throw new Error('a binary message');
      }
      this.inbox.push(JSON.parse(data));
      this.deliver();
    });
  }

  /** Sends text (or, as a Buffer, a binary message) as it is. */
  raw(data) {
    this.socket.send(data);
  }

  /** Sends a request and gives its id. */
  send(type, fields = {}) {
    const id = `n-${++this.ids}`;
    this.raw(JSON.stringify({ type, id, ...fields }));
    return id;
  }

  /** Sends a request and waits for its direct answer. */
  ask(type, fields) {
    return this.answer(this.send(type, fields));
  }

  /** The next message with this id. */
  answer(id) {
    return this.take(`answer ${id}`, (message) => message.id === id);
  }

  /** The next event of a type about a task. */
  event(type, task) {
    return this.take(`${type} of ${task}`, (message) => message.type === type && message.task_id === task);
  }

  /** Everything about a task up to an event, in the order in which it came. */
  async until(type, task) {
    const all = [];
    do {
      all.push(await this.take(`${type} of ${task}`, (message) => message.task_id === task));
    } while (all[all.length - 1].type !== type);
    return all;
  }

  /** The next message that fits; others stay where they are. */
  take(what, fits) {
    return new Promise((resolve, reject) => {
      const one = { what, fits, resolve, reject };
      one.timer = setTimeout(() => reject(new Error(`waited for ${what}; there is ${JSON.stringify(this.inbox)}`)), DEADLINE_MS);
      this.waiting.push(one);
      this.deliver();
    });
  }

  deliver() {
    for (const one of [...this.waiting]) {
      const at = this.inbox.findIndex(one.fits);
      if (at >= 0) {
        clearTimeout(one.timer);
        this.waiting.splice(this.waiting.indexOf(one), 1);
        one.resolve(this.inbox.splice(at, 1)[0]);
      }
    }
  }

  ping() {
    this.socket.ping();
    return new Promise((resolve) => this.socket.once('pong', resolve));
  }

  /** Closes in good order and gives the code with which the other side did. */
  close() {
    this.socket.close(1000);
    return this.closed;
  }
}

module.exports = { Client };
