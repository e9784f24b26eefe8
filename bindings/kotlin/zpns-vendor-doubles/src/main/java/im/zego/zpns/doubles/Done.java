package im.zego.zpns.doubles;

import com.google.android.gms.tasks.OnCompleteListener;
import com.google.android.gms.tasks.Task;

/** A task of the Play services that has ended: as the phone of the test says. */
public final class Done<T> extends Task<T> {
    private final T result;

    public Done(T result) {
        this.result = result;
    }

    @Override
    public boolean isSuccessful() {
        return Phone.exception() == null;
    }

    @Override
    public T getResult() {
        if (!isSuccessful()) {
            throw new IllegalStateException(getException());
        }
        return result;
    }

    @Override
    public Exception getException() {
        return Phone.exception();
    }

    @Override
    public Task<T> addOnCompleteListener(OnCompleteListener<T> listener) {
        listener.onComplete(this);
        return this;
    }
}
