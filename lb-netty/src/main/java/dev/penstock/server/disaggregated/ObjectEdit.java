package dev.penstock.server.disaggregated;

import dev.penstock.server.body.BodyPatch;
import dev.penstock.server.body.JsonQuotes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Members of a JSON object that are to be set or to go. All other bytes stay as they are: nothing is parsed and written
 * again. Confined to one thread.
 *
 * <p>A member that is there keeps its place and gets another value; one that is not comes first.
 */
final class ObjectEdit {
    private static final byte[] GONE = {};

    private final ScannedObject object;
    private final Map<String, byte[]> values = new LinkedHashMap<>();

    /** No edit yet of an object that was scanned for all keys that will be edited. */
    ObjectEdit(ScannedObject object) {
        this.object = object;
    }

    /** The object as it is. */
    ScannedObject object() {
        return object;
    }

    /**
     * Sets a member.
     *
     * @param json the value
     */
    ObjectEdit set(String key, byte[] json) {
        values.put(key, json);
        return this;
    }

    /** Sets a member to a value that is written in ASCII. */
    ObjectEdit set(String key, String json) {
        return set(key, json.getBytes(StandardCharsets.UTF_8));
    }

    /** Sets a member to a text. */
    ObjectEdit setText(String key, String text) {
        return set(key, quoted(text));
    }

    /** Takes a member away, if it is there. */
    ObjectEdit remove(String key) {
        return set(key, GONE);
    }

    /** A text as JSON. */
    static String quoted(String text) {
        return JsonQuotes.append(new StringBuilder(text.length() + 2), text).toString();
    }

    /** All of it, as a patch of the text that was scanned. */
    BodyPatch patch() {
        List<ScannedObject.Member> members = object.members();
        int removed = 0;
        for (ScannedObject.Member member : members) {
            removed += goes(member) ? 1 : 0;
        }
        byte[] added = added(removed < object.count());
        BodyPatch patch = added.length == 0 ? BodyPatch.NONE : BodyPatch.NONE.with(object.start() + 1, 0, added);
        List<ScannedObject.Member> run = new ArrayList<>();
        for (ScannedObject.Member member : members) {
            if (!run.isEmpty() && !(goes(member) && run.getLast().end() == member.previousEnd())) {
                patch = without(run, patch);
            }
            byte[] value = values.get(member.key());
            if (goes(member)) {
                run.add(member);
            } else if (value != null) {
                patch = patch.with(member.start(), member.end() - member.start(), value);
            }
        }
        return run.isEmpty() ? patch : without(run, patch);
    }

    private boolean goes(ScannedObject.Member member) {
        return values.get(member.key()) == GONE;
    }

    /** Members that follow each other go with one comma: that behind them or, at the end, that before them. */
    private static BodyPatch without(List<ScannedObject.Member> run, BodyPatch patch) {
        ScannedObject.Member first = run.getFirst();
        ScannedObject.Member last = run.getLast();
        run.clear();
        if (last.nextStart() >= 0) {
            return patch.with(first.keyStart(), last.nextStart() - first.keyStart(), GONE);
        }
        int from = first.previousEnd() >= 0 ? first.previousEnd() : first.keyStart();
        return patch.with(from, last.end() - from, GONE);
    }

    /** The members that were not there, with the comma behind them where others follow. */
    private byte[] added(boolean othersFollow) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Map.Entry<String, byte[]> wanted : values.entrySet()) {
            byte @Nullable [] value = wanted.getValue();
            if (value != GONE && object.member(wanted.getKey()) == null) {
                out.writeBytes(((out.size() == 0 ? "\"" : ",\"") + wanted.getKey() + "\":")
                        .getBytes(StandardCharsets.UTF_8));
                out.writeBytes(value);
            }
        }
        if (out.size() > 0 && othersFollow) {
            out.write(',');
        }
        return out.toByteArray();
    }
}
