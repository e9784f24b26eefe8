// The application a device would run.
export const bundleManager = {
  BundleFlag: { GET_BUNDLE_INFO_DEFAULT: 0 },
  getBundleInfoForSelfSync: () => ({ name: process.env.BUNDLE_NAME ?? 'im.example.app' }),
};
