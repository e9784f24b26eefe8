// What the boundary costs: microseconds per call that needs no network, and per event that waits when JavaScript comes.
//
//   ZIM_NATIVE=…/zim.node ZIM_TESTBED=…/zim-testbed node bench/embedding.mjs
import { spawnSync } from 'node:child_process';
import { ZIM } from '@zego/ZIM';
import { PEER, Testbed } from '../test/testbed.mjs';

const CALLS = 20_000;
const EVENTS = 500;
const ROUNDS = 5;

const bed = await Testbed.start();
const zim = ZIM.create({ appID: bed.app_id, serverURL: bed.url });
await zim.login('alice', { token: await bed.token('alice') });

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Milliseconds as microseconds for each of `count`. */
const each = (milliseconds, count) => ((milliseconds * 1000) / count).toFixed(2);

async function calls(atOnce) {
  const start = performance.now();
  for (let done = 0; done < CALLS; done += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, () => zim.querySelfUserInfo()));
  }
  return performance.now() - start;
}

async function events(round) {
  let count = 0;
  const all = new Promise((resolve) => {
    zim.on('peerMessageReceived', (_, { messageList }) => {
      count += messageList.length;
      if (count === EVENTS) resolve();
    });
  });
  const sends = Array.from({ length: EVENTS }, (_, index) => `send alice ${round}-${index}\n`).join('');
  const input = `login ${bed.url} ${bed.app_id} bob ${await bed.token('bob')}\n${sends}quit\n`;
  spawnSync(process.execPath, [PEER], { input });
  const start = performance.now();
  await all;
  return performance.now() - start;
}

for (const atOnce of [1, 100]) {
  await calls(atOnce);
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await calls(atOnce));
  console.log(`call, ${atOnce} at once: ${each(median(times), CALLS)} µs`);
}
const times = [];
for (let round = 0; round < ROUNDS; round += 1) times.push(await events(round));
console.log(`event of one message: ${each(median(times), EVENTS)} µs`);

zim.destroy();
await bed.stop();
