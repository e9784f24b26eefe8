// The package under Node, where the app names the vendor.
export * from './src/main/ets/types';
export * from './src/main/ets/VendorChannel';
export { ZPNs, ZPNs as default } from './src/main/ets/ZPNs';
