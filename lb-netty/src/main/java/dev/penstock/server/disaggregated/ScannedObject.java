package dev.penstock.server.disaggregated;

import dev.penstock.server.body.JsonKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the members of a JSON object are, as far as somebody asked for them. Immutable. Offsets count from the first
 * byte of the text.
 *
 * @param start the opening brace
 * @param count how many members it has in all
 * @param members those that were asked for, in the order of the text
 */
record ScannedObject(int start, int count, List<Member> members) {

    /**
     * A member.
     *
     * @param key its key
     * @param kind what its value is
     * @param keyStart where the key begins
     * @param start where the value begins
     * @param end behind the value
     * @param previousEnd behind the value of the member before; -1 for the first one
     * @param nextStart where the key of the next member begins; -1 for the last one
     */
    record Member(String key, JsonKind kind, int keyStart, int start, int end, int previousEnd, int nextStart) {

        Member followedBy(int next) {
            return new Member(key, kind, keyStart, start, end, previousEnd, next);
        }
    }

    /** A member, or null where the object has none of that key. */
    @Nullable Member member(String key) {
        for (Member member : members) {
            if (member.key.equals(key)) {
                return member;
            }
        }
        return null;
    }
}
