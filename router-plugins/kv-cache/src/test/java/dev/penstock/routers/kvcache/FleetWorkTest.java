package dev.penstock.routers.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.FakeFleet;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FleetWorkTest {

    private static final long SECOND = 1_000_000_000L;
    private static final double ASSUMED_RATE = 1_000;

    private final FakeFleet fleet = new FakeFleet().add("p1", "p2", "p3");
    private final WorkColumns columns = new WorkColumns(ASSUMED_RATE);
    private final FleetWork work = new FleetWork(columns);

    @Test
    void shouldHaveAnEmptyRowForPodsThatWereNeverSentAnything() {
        CandidateRows rows = work.rows(ready());
        assertThat(rows.size()).isEqualTo(3);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.row(i)).isEqualTo(WorkColumns.NOTHING);
            assertThat(rows.slot(i)).isEqualTo(ready().get(i).slot());
        }
        assertThat(columns.pendingTokens(WorkColumns.NOTHING, SECOND)).isZero();
        assertThat(columns.remainingTokens(WorkColumns.NOTHING, SECOND, 5)).isZero();
        assertThat(columns.remainingTokens(WorkColumns.NOTHING, -SECOND, 5)).isZero();
        assertThat(columns.tokensPerSecond(WorkColumns.NOTHING)).isEqualTo(ASSUMED_RATE);
    }

    /** The candidates are the same object all the time: what changes is who has a row. */
    @Test
    void shouldFollowWhoComesAndGoesAmongTheSameCandidates() {
        Candidates ready = ready();
        PodView second = fleet.pod("p2");
        work.rows(ready);
        work.admit(second).sentElsewhere(70, 0);
        CandidateRows rows = work.rows(ready);
        assertThat(columns.pendingTokens[rows.row(ready.indexOf(second))]).isEqualTo(70);
        assertThat(work.row(second)).isEqualTo(rows.row(ready.indexOf(second)));
        assertThat(columns.pending()).isEqualTo(1);
        work.forget(second.slot());
        assertThat(work.rows(ready).row(ready.indexOf(second))).isEqualTo(WorkColumns.NOTHING);
        assertThat(work.of(second)).isNull();
        assertThat(columns.pending()).isZero();
    }

    @Test
    void shouldFollowOtherCandidates() {
        work.admit(fleet.pod("p3"));
        work.rows(ready());
        fleet.remove("p1");
        Candidates fewer = ready();
        CandidateRows rows = work.rows(fewer);
        assertThat(rows.size()).isEqualTo(2);
        for (int i = 0; i < fewer.size(); i++) {
            assertThat(rows.slot(i)).isEqualTo(fewer.get(i).slot());
            assertThat(rows.row(i)).isEqualTo(work.row(fewer.get(i)));
        }
    }

    /** A pod takes over the slot of another one: nothing of the old one is told of the new one, nor the other way. */
    @Test
    void shouldTellTheUsersOfOneSlotApart() {
        PodView old = fleet.pod("p1");
        work.admit(old).sentElsewhere(70, 0);
        PodView later = fleet.replace("p1").pod("p1");
        assertThat(later.slot()).isEqualTo(old.slot());
        assertThat(work.of(later)).isNull();
        assertThat(work.replaced(old)).isFalse();
        work.forget(old.slot());
        work.admit(later);
        assertThat(work.replaced(old)).isTrue();
        assertThat(work.row(old)).isEqualTo(WorkColumns.NOTHING);
        assertThat(columns.pendingTokens[work.row(later)]).isZero();
    }

    /** What replicas have sent is prefilled one after the other, as fast as the pod is. */
    @Test
    void shouldLetTimeFinishWhatReplicasHaveSent() {
        PodWork pod = work.admit(fleet.pod("p1"));
        pod.sentElsewhere(1_000, 0);
        pod.sentElsewhere(2_000, SECOND / 2);
        assertThat(columns.pendingTokens(pod.row(), SECOND - 1)).isEqualTo(3_000);
        assertThat(columns.pendingTokens(pod.row(), SECOND)).isEqualTo(2_000);
        assertThat(columns.remainingTokens(pod.row(), 2 * SECOND, ASSUMED_RATE)).isEqualTo(1_000, within(1.0));
        assertThat(columns.pendingTokens(pod.row(), 3 * SECOND)).isZero();
        assertThat(columns.pending()).isZero();
    }

    /** The clock of a Java machine may well be below zero. */
    @Test
    void shouldCountWithTimesBelowZero() {
        PodWork pod = work.admit(fleet.pod("p1"));
        pod.sentElsewhere(4_000, -10 * SECOND);
        assertThat(columns.remainingTokens(pod.row(), -9 * SECOND, ASSUMED_RATE)).isEqualTo(3_000, within(1.0));
        assertThat(columns.pendingTokens(pod.row(), -7 * SECOND)).isEqualTo(4_000);
        assertThat(columns.pendingTokens(pod.row(), -6 * SECOND)).isZero();
    }

    /** Within a quarter of the others a pod is taken for one of them; beyond it has a speed of its own. */
    @Test
    void shouldKnowASpeedOfItsOwnOfAPodThatIsUnlikeTheOthers() {
        PodWork usual = work.admit(fleet.pod("p1"));
        PodWork slow = work.admit(fleet.pod("p2"));
        PodWork other = work.admit(fleet.pod("p3"));
        for (int i = 0; i < 200; i++) {
            columns.learn(usual.row(), 1_050, 1);
            columns.learn(slow.row(), 500, 1);
            columns.learn(other.row(), 1_050, 1);
        }
        double common = columns.tokensPerSecond(WorkColumns.NOTHING);
        assertThat(columns.tokensPerSecond(usual.row())).isEqualTo(common);
        assertThat(columns.tokensPerSecond(slow.row())).isLessThan(common / 1.25).isGreaterThan(500);
    }

    private Candidates ready() {
        return Objects.requireNonNull(fleet.current().model(FakeFleet.MODEL)).ready();
    }
}
