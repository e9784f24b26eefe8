package io.dcloud.feature.uniapp;

import android.content.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Double of the uni-app SDK: the page a module belongs to. */
public class UniSDKInstance {
    private final Context context;
    private final List<Map.Entry<String, Map<String, Object>>> fired = new ArrayList<>();

    public UniSDKInstance(Context context) {
        this.context = context;
    }

    /** The activity. */
    public Context getContext() {
        return context;
    }

    public void fireGlobalEventCallback(String name, Map<String, Object> parameters) {
        fired.add(new java.util.AbstractMap.SimpleEntry<>(name, parameters));
    }

    /** For tests: the events so far. */
    public List<Map.Entry<String, Map<String, Object>>> fired() {
        return fired;
    }
}
