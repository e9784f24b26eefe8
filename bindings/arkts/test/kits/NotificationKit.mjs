// The permission of a device; a test says what the user answers.
export const notificationManager = {
  /** The code of the user's refusal; 0 grants. */
  refusal: 0,
  asked: [],
  async requestEnableNotification(context) {
    this.asked.push(['requestEnableNotification', context]);
    if (this.refusal) {
      throw Object.assign(new Error('refused'), { code: this.refusal });
    }
  },
  async openNotificationSettings(context) {
    this.asked.push(['openNotificationSettings', context]);
  },
};
