import { parentPort, workerData } from 'node:worker_threads';
import { ZIM } from '@zego/ZIM';

const zim = ZIM.create({ appID: workerData.appID, serverURL: workerData.url });
await zim.login('dave', { token: workerData.token });
const { selfUserInfo } = await zim.querySelfUserInfo();
parentPort.postMessage(selfUserInfo.userFullInfo.baseInfo.userID);
