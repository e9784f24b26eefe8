package im.zego.zim.callback;

import im.zego.zim.entity.ZIMMediaMessage;
import im.zego.zim.entity.ZIMMultipleMessage;

/** {@link ZIMMessageSentCallback} with the progress of files, the form since 2.19. This version uploads no files. */
public interface ZIMMessageSentFullCallback extends ZIMMessageSentCallback {
    /** Progress of one file. */
    default void onMediaUploadingProgress(ZIMMediaMessage message, long currentFileSize, long totalFileSize) {}

    /** Progress of the files of several messages sent as one. */
    default void onMultipleMediaUploadingProgress(
            ZIMMultipleMessage message,
            long currentFileSize,
            long totalFileSize,
            int messageInfoIndex,
            long currentIndexFileSize,
            long totalIndexFileSize) {}
}
