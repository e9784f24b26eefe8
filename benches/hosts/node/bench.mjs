// What a call and an event cost in Node: see ../README.md. ZIM_NATIVE names the native library.
//
// SPDX-License-Identifier: Apache-2.0
import { createInterface } from 'node:readline';
// An app says '@zego/ZIM'; this file lies outside of the folder that has it installed.
import { ZIM } from '../../../bindings/arkts/zim/dist/Index.js';

const [url, appID, appSign, user] = process.argv.slice(2);
if (!user) {
  throw new Error('bench.mjs URL APPID APPSIGN USER');
}
const zim = ZIM.create({ appID: Number(appID), appSign, serverURL: url });

const query = () => zim.queryConversationTotalUnreadMessageCount({});

const commands = {
  async together(calls) {
    await Promise.all(Array.from({ length: calls }, query));
  },
  async sequential(calls) {
    for (let call = 0; call < calls; call += 1) await query();
  },
  async leave() {
    await zim.logout();
  },
  async backlog(messages) {
    let left = messages;
    const all = new Promise((resolve) => {
      if (left === 0) resolve();
      zim.on('peerMessageReceived', (_, { messageList }) => {
        left -= messageList.length;
        if (left === 0) resolve();
      });
    });
    await Promise.all([zim.login(user, {}), all]);
  },
};

await commands.backlog(0);
console.log('{}');
for await (const line of createInterface({ input: process.stdin })) {
  const [command, count] = line.split(' ');
  const started = performance.now();
  await commands[command](Number(count));
  console.log(JSON.stringify({ microseconds: (performance.now() - started) * 1000 }));
}
zim.destroy();
