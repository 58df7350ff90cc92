package dev.penstock.cache;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;

/**
 * An agent on its thread.
 *
 * @param runner runs it
 * @param thread the thread
 */
record RunningAgent(AgentRunner runner, Thread thread) {

    private static final int WAKE_MILLIS = 10;

    /** Starts it on a daemon thread, which rests as long as it says. */
    static RunningAgent start(Agent agent, LongSupplier restNanos, ErrorHandler errors) {
        ThreadFactory daemon = task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        };
        AgentRunner runner = new AgentRunner(new RestingIdle(restNanos), errors, null, agent);
        return new RunningAgent(runner, AgentRunner.startOnThread(runner, daemon));
    }

    /** Ends it, and waits until its thread is gone. */
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
