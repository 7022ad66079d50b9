'use strict';

// node classic.js PORT: the conversations of clients of v0 and v1, as their programs were written, and all three profiles on the same task at once.
// Prints one JSON object a step: what was received, with times, pids and made-up task ids replaced by what they are.
const { Client } = require('./client.js');

const pids = [];
const tasks = [];

function numbered(known, value) {
  if (!known.includes(value)) {
    known.push(value);
  }
  return known.indexOf(value) + 1;
}

function shown(key, value) {
  if (['pid', 'restart_of', 'current_pid'].includes(key) && Number.isInteger(value)) {
    return `pid ${numbered(pids, value)}`;
  }
  if (key === 'task_id' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) {
    return `task ${numbered(tasks, value)}`;
  }
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(value) ? 'time' : value;
}

function step(name, ...got) {
  console.log(JSON.stringify({ step: name, got }, shown).replaceAll('"n-', '"'));
}

const is = (type) => (message) => message.type === type;
const next = (client, type) => client.take(type, is(type));

/** Everything up to a message of a type, in the order in which it came. */
async function until(client, type) {
  const all = [];
  do {
    all.push(await client.take(type, () => true));
  } while (all[all.length - 1].type !== type);
  return all;
}

async function v0(port) {
  const me = await Client.open(port, '/ws', ['overseer.v0']);
  step('v0: subprotocol', me.socket.protocol);

  me.raw('{"type":"start","id":"1","command":"echo","args":["hello"]}');
  const echo = await until(me, 'exited');
  step('v0: start', ...echo);
  me.raw('{"type":"list","id":"2"}');
  step('v0: list', await next(me, 'workers'));

  me.raw('{"type":"start","command":"sleep","args":["1000"]}');
  const sleep = await next(me, 'started');
  step('v0: start without id', sleep);
  me.raw('{"type":"list"}');
  step('v0: list without id', await next(me, 'workers'));
  me.raw(`{"type":"stop","id":"3","pid":${sleep.pid}}`);
  const exited = await next(me, 'exited');
  step('v0: stop', exited);
  me.raw(`{"type":"list","since":"${exited.ts}"}`);
  step('v0: list since', await next(me, 'workers'));
  me.raw(`{"type":"replay","id":"4","pid":${echo[0].pid}}`);
  step('v0: replay', ...(await until(me, 'replayed')));

  for (const wrong of [`{"type":"stop","id":"3","pid":${sleep.pid}}`, '{"type":"stop","pid":2147483647}', '{"type":"replay","id":"4","pid":2147483647}',
    '{"type":"list","since":"yesterday"}', '{"type":"start","id":"5"}', '{"type":"start","command":"/no/such/program"}', '{"type":"dance","id":"6"}', '{"type"']) {
    me.raw(wrong);
    step('v0: error', await me.take('anything', () => true));
  }
  step('v0: closed', await me.close(), me.inbox);
}

async function v1(port) {
  const me = await Client.open(port, '/ws?protocol=v1');
  const other = await Client.open(port, '/ws?protocol=v1');
  step('v1: an answer', (await other.ask('list')).type);

  me.raw('{"type":"start","command":"echo","args":["hello"]}');
  step('v1: start without ids', ...(await until(me, 'exited')));
  step('v1: what another hears', ...(await until(other, 'exited')));
  me.raw('{"type":"start","task_id":"failing","command":"sh","args":["-c","echo failing >&2; exit 3"],"retry_policy":{"restart_delay":"10ms","error_window":"1m","error_threshold":2},"id":"1"}');
  step('v1: retry', ...(await until(me, 'errored')));
  step('v1: retry for another', ...(await until(other, 'errored')));
  me.raw('{"type":"reset","task_id":"failing","id":"2"}');
  step('v1: reset', ...(await until(me, 'errored')));
  await until(other, 'errored');
  me.raw('{"type":"list","id":"3"}');
  step('v1: list', { ...(await next(me, 'tasks')), tasks: 'below' });
  me.raw('{"type":"list"}');
  const list = await next(me, 'tasks');
  step('v1: list without id', { ...list, tasks: list.tasks.filter((task) => task.task_id === 'failing').map((task) => ({ ...task, number: 'n' })) });

  me.raw('{"type":"start","task_id":"sleeper","command":"sleep","args":["1000"]}');
  step('v1: sleeper', await next(me, 'started'));
  me.raw('{"type":"start","task_id":"sleeper","command":"sleep","args":["1000"],"id":"4"}');
  step('v1: start twice', await next(me, 'error'));
  me.raw('{"type":"stop","task_id":"sleeper"}');
  const stopped = await next(me, 'exited');
  step('v1: stop', stopped, await next(other, 'exited'));
  me.raw(`{"type":"list","since":"${stopped.ts}","id":"5"}`);
  step('v1: list since', (await next(me, 'tasks')).tasks.map((task) => task.task_id));
  other.raw('{"type":"replay","task_id":"failing"}');
  step('v1: replay', ...(await until(other, 'replayed')));

  for (const wrong of ['{"type":"start"}', '{"type":"start","id":"6","command":""}', '{"type":"reset","task_id":"sleeper"}', '{"type":"stop","task_id":"nobody","id":"7"}',
    '{"type":"list","since":"yesterday","id":"8"}', '{"type":"dance"}', '[1]', 'not json']) {
    me.raw(wrong);
    step('v1: error', await me.take('anything', () => true));
  }
  step('v1: closed', await me.close(), await other.close(), me.inbox, other.inbox);
}

async function together(port) {
  const lines = 3000;
  const clients = [await Client.open(port, '/ws', ['overseer.v0']), await Client.open(port, '/ws', ['overseer.v1', 'overseer.v0']), await Client.open(port)];
  step('together: subprotocols', ...clients.map((client) => client.socket.protocol ?? ''));
  step('together: an answer', (await clients[0].ask('list')).type);
  step('together: subscribed', await clients[2].ask('subscribe', { task_id: 'shared' }));
  const script = `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo $i; done; exit 1`;
  const policy = { restart_delay: '10ms', error_window: '1m', error_threshold: 2 };
  clients[1].raw(JSON.stringify({ type: 'start', task_id: 'shared', command: 'sh', args: ['-c', script], retry_policy: policy }));
  for (const client of clients) {
    const all = await until(client, 'errored');
    const output = all.filter(is('output'));
    step('together: complete', output.length, output.every((message, i) => message.seq === i + 1 && message.data === String((i % lines) + 1)),
      all.filter((message) => message.type !== 'output').map(({ type, id }) => (id === undefined ? type : `${type} "${id}"`)));
  }
  clients[0].raw('{"type":"list"}');
  const workers = (await next(clients[0], 'workers')).workers;
  clients[1].raw('{"type":"list"}');
  const listed = (await next(clients[1], 'tasks')).tasks;
  const current = (await clients[2].ask('list', { action: 'command' })).tasks;
  step('together: lists', workers.length === listed.length, JSON.stringify(listed) === JSON.stringify(current), Object.keys(workers[workers.length - 1]));
  step('together: closed', ...(await Promise.all(clients.map((client) => client.close()))));
}

async function main(port) {
  await v0(port);
  await v1(port);
  await together(port);
}

main(Number(process.argv[2])).catch((error) => {
  console.error(error);
  process.exit(1);
});
