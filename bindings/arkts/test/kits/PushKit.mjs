// Push Kit of a device; a test says what it answers.
export const pushService = {
  /** The token, or the error `getToken` answers with. */
  answer: 'push-kit-token',
  deleted: 0,
  async getToken() {
    if (typeof this.answer !== 'string') {
      throw this.answer;
    }
    return this.answer;
  },
  async deleteToken() {
    this.deleted += 1;
  },
};
