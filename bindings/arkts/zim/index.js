export * from './src/enums.js';
export { ZIMError } from './src/error.js';
export { ZIM, ZIM as default } from './src/zim.js';
