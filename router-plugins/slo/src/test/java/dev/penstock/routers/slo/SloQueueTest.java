package dev.penstock.routers.slo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.testkit.FakeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a queue is made of: order, room, turns. */
class SloQueueTest {

    private long number;

    private WaitingRequest request(int priority, String user, int bytes) {
        return Requests.waiting(FakeRequest.plain().withPriority(priority).withUser(user).withBodyBytes(bytes)
                .withTokens(new int[100]), 1, ++number);
    }

    @Test
    void shouldBeFirstInFirstOut() {
        SubQueue queue = new SubQueue();
        assertThatThrownBy(queue::head).isInstanceOf(NoSuchElementException.class);
        List<WaitingRequest> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(request(0, "ann", 1));
            queue.add(all.getLast());
        }
        // Some leave from the middle.
        queue.remove(all.remove(1_500));
        queue.remove(all.remove(1));
        for (WaitingRequest next : all) {
            assertThat(queue.head()).isSameAs(next);
            assertThat(queue.head()).as("it stays").isSameAs(next);
            queue.remove(next);
        }
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void shouldCountWhatIsIn() {
        SloQueue queue = new SloQueue("m", 100, 10_000);
        Random random = new Random(Long.getLong("penstock.test.seed", 1));
        List<WaitingRequest> in = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            WaitingRequest next = request(random.nextInt(4) - 1, "user " + random.nextInt(5), random.nextInt(400));
            if (queue.fits(next)) {
                queue.add(next);
                in.add(next);
            } else {
                queue.makeRoom(next).forEach(out -> {
                    assertThat(out.priority().number()).isGreaterThan(next.priority().number());
                    assertThat(in.remove(out)).isTrue();
                });
                if (queue.fits(next)) {
                    queue.add(next);
                    in.add(next);
                }
            }
            if (!in.isEmpty() && random.nextInt(3) == 0) {
                queue.remove(in.remove(random.nextInt(in.size())));
            }
            assertThat(queue.size()).isEqualTo(in.size()).isLessThanOrEqualTo(100);
            assertThat(queue.bytes()).isEqualTo(in.stream().mapToLong(WaitingRequest::bytes).sum())
                    .isLessThanOrEqualTo(10_000);
            assertThat(queue.all()).containsExactlyInAnyOrderElementsOf(in);
        }
    }

    @Test
    void shouldSayWhenItsLengthHasChanged() {
        SloQueue queue = new SloQueue("m", 100, 10_000);
        assertThat(queue.lengthChanged()).isFalse();
        WaitingRequest one = request(0, "ann", 1);
        queue.add(one);
        assertThat(queue.lengthChanged()).isTrue();
        assertThat(queue.lengthChanged()).isFalse();
        queue.add(request(0, "ann", 1));
        queue.remove(one);
        assertThat(queue.lengthChanged()).isFalse();
    }

    @Test
    void shouldShareTokensAmongUsersWhoAlwaysHaveRequests() {
        ClassQueue queue = new ClassQueue();
        long[] tokens = new long[3];
        int[] sizes = {100, 1_000, 10_000};
        for (int i = 0; i < sizes.length; i++) {
            queue.add(ofUser(i, sizes[i]));
        }
        for (int i = 0; i < 5_000; i++) {
            assertThat(queue.serve(tenant -> {
                int user = Integer.parseInt(tenant.name());
                WaitingRequest head = tenant.subQueues().iterator().next().head();
                // The next one is there before this one leaves.
                queue.add(ofUser(user, sizes[user]));
                queue.remove(head);
                tokens[user] += head.cost();
                return head.cost();
            })).isTrue();
        }
        long most = Math.max(tokens[0], Math.max(tokens[1], tokens[2]));
        long least = Math.min(tokens[0], Math.min(tokens[1], tokens[2]));
        assertThat(most - least).as("a request and a turn apart").isLessThanOrEqualTo(10_001 + 2 * ClassQueue.QUANTUM);
    }

    @Test
    void shouldNotHoldAgainstAUserWhatItSentWhileItWasAlone() {
        ClassQueue queue = new ClassQueue();
        long[] tokens = new long[2];
        queue.add(ofUser(0, 1_000));
        for (int i = 0; i < 1_000; i++) {
            serveOne(queue, tokens);
        }
        tokens[0] = 0;
        queue.add(ofUser(1, 1_000));
        while (tokens[0] == 0) {
            serveOne(queue, tokens);
        }
        assertThat(tokens[1]).as("a turn and a request").isLessThanOrEqualTo(ClassQueue.QUANTUM + 1_001);
    }

    private void serveOne(ClassQueue queue, long[] tokens) {
        assertThat(queue.serve(tenant -> {
            int user = Integer.parseInt(tenant.name());
            WaitingRequest head = tenant.subQueues().iterator().next().head();
            queue.add(ofUser(user, 1_000));
            queue.remove(head);
            tokens[user] += head.cost();
            return head.cost();
        })).isTrue();
    }

    private WaitingRequest ofUser(int user, int tokens) {
        return Requests.waiting(FakeRequest.plain().withUser("" + user).withTokens(new int[tokens]), 1, ++number);
    }

    @Test
    void shouldAskEachUserWhereNobodyCanGo() {
        ClassQueue queue = new ClassQueue();
        for (int i = 0; i < 5; i++) {
            queue.add(ofUser(i, 10));
        }
        List<String> asked = new ArrayList<>();
        assertThat(queue.serve(tenant -> {
            asked.add(tenant.name());
            return 0;
        })).isFalse();
        assertThat(asked).containsExactlyInAnyOrder("0", "1", "2", "3", "4");
    }
}
