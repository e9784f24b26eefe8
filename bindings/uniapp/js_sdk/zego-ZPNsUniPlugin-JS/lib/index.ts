export * from './types';
export { ZPNs, ZPNs as default } from './ZPNs';
