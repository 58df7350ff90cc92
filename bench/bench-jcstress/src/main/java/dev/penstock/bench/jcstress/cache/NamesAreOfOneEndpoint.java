package dev.penstock.bench.jcstress.cache;

import dev.penstock.cache.figures.EndpointName;
import dev.penstock.cache.figures.EndpointNames;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who reads the names of a slot while they are written reads one edition of one endpoint, whole, or nothing. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "neither of the two: the next one is being written")
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the one before, first edition")
@Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "the one before, second edition")
@Outcome(id = "0, 3", expect = Expect.ACCEPTABLE, desc = "the next one")
@Outcome(id = "[12], 3", expect = Expect.ACCEPTABLE, desc = "first the one before, then the next one")
@State
public class NamesAreOfOneEndpoint {

    private static final int BEFORE = 1;
    private static final int NEXT = 2;

    private final EndpointNames names = new EndpointNames(
            new UnsafeBuffer(ByteBuffer.allocateDirect(EndpointNames.RECORD_BYTES)));

    /** Somebody is there. */
    public NamesAreOfOneEndpoint() {
        write(BEFORE, "1");
    }

    /** The writer. */
    @Actor
    public void writer() {
        write(BEFORE, "2");
        write(NEXT, "3");
    }

    /** A reader. */
    @Actor
    public void reader(II_Result result) {
        result.r1 = whole(names.read(0, BEFORE));
        result.r2 = whole(names.read(0, NEXT));
    }

    private void write(int generation, String text) {
        names.write(0, generation, text, text.repeat(40), text.repeat(20), text.repeat(36), Set.of(),
                Set.of(text.repeat(200)));
    }

    /** The number of which all texts are made; -1 where they are not. */
    private static int whole(EndpointName name) {
        if (name == null) {
            return 0;
        }
        String text = name.namespace();
        boolean whole = name.pod().equals(text.repeat(40)) && name.address().equals(text.repeat(20))
                && name.uid().equals(text.repeat(36)) && name.models().equals(List.of(text.repeat(200)));
        return whole ? Integer.parseInt(text) : -1;
    }
}
