/** The admin token of this tab. It is gone when the tab is closed, and never written to disk by us. */
const KEY = 'zim-console-token';

export const savedToken = (): string => sessionStorage.getItem(KEY) ?? '';

export const saveToken = (token: string): void => sessionStorage.setItem(KEY, token);

export const forgetToken = (): void => sessionStorage.removeItem(KEY);
