package dev.penstock.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;

/** The threads of a cache, one for each agent, named after its role. Any thread starts one; who closes, ends them. */
final class AgentThreads {

    private static final System.Logger LOG = System.getLogger(AgentThreads.class.getName());
    private static final int WAKE_MILLIS = 10;

    /** An agent on its thread. */
    private record Running(AgentRunner runner, Thread thread) {

        void end() {
            // By default the agent is given a second before it is woken.
            runner.close(WAKE_MILLIS, LockSupport::unpark);
            try {
                // The runner is satisfied when the agent has ended; whoever closes wants the thread gone.
                thread.join(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Running> running = new ArrayList<>();
    private boolean ended;

    /** Says what an agent throws; it goes on. */
    static ErrorHandler errors(String thread) {
        return error -> LOG.log(System.Logger.Level.ERROR, thread + " goes on after an error", error);
    }

    /**
     * Starts a thread; does nothing where they have been ended.
     *
     * @param agent runs there
     * @param restNanos how long it may rest when there was nothing to do
     */
    void run(Agent agent, LongSupplier restNanos) {
        ThreadFactory daemon = task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        };
        AgentRunner runner = new AgentRunner(new RestingIdle(restNanos), errors(agent.roleName()), null, agent);
        lock.lock();
        try {
            if (!ended) {
                running.add(new Running(runner, AgentRunner.startOnThread(runner, daemon)));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends all of them, the last one first. */
    void end() {
        List<Running> all;
        lock.lock();
        try {
            ended = true;
            all = running.reversed();
        } finally {
            lock.unlock();
        }
        all.forEach(Running::end);
    }
}
