'use strict';

// node conversation.js PORT: the main conversation with a fresh server. Prints one JSON object a step: what was received, with times,
// pids and durations replaced by what they are. Ends with 0 only when everything that was waited for came.
const { Client } = require('./client.js');

const pids = [];

function shown(key, value) {
  if (['pid', 'restart_of', 'current_pid'].includes(key) && Number.isInteger(value)) {
    if (!pids.includes(value)) {
      pids.push(value);
    }
    return `pid ${pids.indexOf(value) + 1}`;
  }
  if (key === 'runtime_ms' && Number.isInteger(value) && value >= 0) {
    return 'ms';
  }
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(value) ? 'time' : value;
}

function step(name, ...got) {
  console.log(JSON.stringify({ step: name, got }, shown).replaceAll('"n-', '"'));
}

async function main(port) {
  const me = await Client.open(port);
  const viewer = await Client.open(port);

  step('describe', await me.ask('describe'), await me.ask('describe', { action: 'nobody' }));

  const greeting = await me.ask('start', { action: 'echo', task_id: 'greeting', params: { message: 'grüß dich, 世界 \u{1F30D} "quoted"' } });
  step('start', greeting, ...(await me.until('exited', 'greeting')));
  step('started with defaults', await me.ask('start', { action: 'echo', task_id: 'plain' }), ...(await me.until('exited', 'plain')));
  step('list', await me.ask('list', { action: 'echo' }));

  viewer.send('subscribe', { task_id: 'greeting', from_seq: 1 });
  step('history', ...(await viewer.until('exited', 'greeting')));
  viewer.send('replay', { task_id: 'greeting' });
  step('replay', ...(await viewer.until('replayed', 'greeting')));
  step('unsubscribe', await viewer.ask('unsubscribe', { task_id: 'greeting' }));

  const cat = [await me.ask('start', { action: 'cat', task_id: 'cat' })];
  cat.push(await me.ask('input', { task_id: 'cat', data: 'one\n' }), await me.event('output', 'cat'));
  const subscribed = viewer.send('subscribe', { task_id: 'cat', from_seq: 1 });
  const seen = [await viewer.answer(subscribed), await viewer.event('output', 'cat')];
  cat.push(await me.ask('input', { task_id: 'cat', data: 'two\nthr' }), await me.event('output', 'cat'));
  cat.push(await me.ask('input', { task_id: 'cat', data: 'ee', eof: true }));
  step('input', ...cat, ...(await me.until('exited', 'cat')));
  step('history, then live', ...seen, ...(await viewer.until('exited', 'cat')));

  const retry_policy = { restart_delay: '10ms', error_window: '1m', error_threshold: 2 };
  const failing = await me.ask('start', { action: 'sh', task_id: 'failing', params: { script: 'echo failing >&2; exit 3' }, retry_policy });
  step('retry', failing, ...(await me.until('errored', 'failing')));
  step('reset', await me.ask('reset', { task_id: 'failing' }), ...(await me.until('errored', 'failing')));
  step('reset of what is well', await me.ask('reset', { task_id: 'cat' }));

  const first = await me.ask('start', { action: 'one', task_id: 'a' });
  const waits = me.send('start', { action: 'one', task_id: 'b' });
  step('queued', first, await me.answer(waits), await me.ask('start', { action: 'one', task_id: 'c' }), await me.ask('start', { action: 'one', task_id: 'd' }));
  step('queued for others', await viewer.event('queued', 'b'), await viewer.event('queued', 'c'));
  step('pool_info', await me.ask('pool_info', { action: 'one' }), await me.ask('pool_info'));
  step('purge', await me.ask('purge', { action: 'one' }), await me.event('dequeued', 'c'), await me.event('dequeued', 'b'));
  step('purge for others', await viewer.event('dequeued', 'c'), await viewer.event('dequeued', 'b'));

  const later = me.send('start', { action: 'one', task_id: 'later' });
  const queued = await me.answer(later);
  me.send('stop', { task_id: 'a' });
  step('stop, then the next', queued, await me.event('exited', 'a'), await me.answer(later));
  step('set_pool', await me.ask('set_pool', { action: 'one', size: 2 }), await me.take('pool_updated', (message) => message.type === 'pool_updated'));
  step('set_pool for others', await viewer.take('pool_updated', (message) => message.type === 'pool_updated'));
  step('room', await me.ask('start', { action: 'one', task_id: 'room' }));
  me.send('stop', { task_id: 'room' });
  await me.event('exited', 'room');
  me.send('stop', { task_id: 'later' });
  await me.event('exited', 'later');

  step('metrics', await me.ask('metrics'), await me.ask('metrics', { action: 'sh' }), await me.ask('metrics', { task_id: 'failing' }));

  const { manifest, ...rest } = await me.ask('manifest');
  step('manifest', rest, manifest.protocol, manifest.transport, Object.keys(manifest.operations).sort(), manifest.actions.map((action) => action.name));

  for (const wrong of ['not json', '[1]', '{}', '{"type":"list"}', '{"type":"list","id":""}', '{"type":"list","id":5}']) {
    me.raw(wrong);
    step(`error: ${wrong}`, await me.take('error', (message) => message.type === 'error' && message.id === ''));
  }
  step('error: unknown type', await me.ask('launch'));
  step('error: no action', await me.ask('start'));
  step('error: unknown action', await me.ask('start', { action: 'nobody' }));
  step('error: required parameter', await me.ask('start', { action: 'sh' }));
  step('error: wrong type', await me.ask('start', { action: 'sh', params: { script: 1 } }));
  step('error: wrong since', await me.ask('list', { since: 'yesterday' }));
  step('error: unknown task', await me.ask('stop', { task_id: 'nobody' }));

  me.raw(Buffer.from('{"type":"list","id":"binary","action":"cat"}'));
  step('still open, in binary', await me.answer('binary'));
  await me.ping();
  step('pong');

  const large = await Client.open(port);
  large.raw(JSON.stringify({ type: 'list', id: 'large', filler: 'x'.repeat(1 << 20) }));
  step('too large', await large.closed);
  step('closed', await viewer.close(), await me.close(), [...viewer.inbox, ...me.inbox].map((message) => `${message.type} ${message.task_id}`));
}

main(Number(process.argv[2])).catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
