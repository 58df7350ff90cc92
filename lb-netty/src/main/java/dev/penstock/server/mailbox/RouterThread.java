package dev.penstock.server.mailbox;

/**
 * The shard's own thread, {@code lb-router-k}: serves what the event loops leave, and parks. Where the shard was taken
 * away from it, it ends, and another one serves.
 */
final class RouterThread {

    private final ShardMailbox mailbox;
    private final Thread thread;

    RouterThread(ShardMailbox mailbox, int shard) {
        this.mailbox = mailbox;
        // A daemon: one that hangs in a plugin must not keep the process alive.
        this.thread = Thread.ofPlatform().daemon().name("lb-router-" + shard).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    private void run() {
        while (mailbox.serveOnThread()) {
            mailbox.awaitWork();
        }
    }
}
