package com.google.android.gms.tasks;

/** Signatures of the Play services' class that the FCM plug-in uses. */
public abstract class Task<TResult> {
    public abstract boolean isSuccessful();

    public abstract TResult getResult();

    public abstract Exception getException();

    public abstract Task<TResult> addOnCompleteListener(OnCompleteListener<TResult> listener);
}
