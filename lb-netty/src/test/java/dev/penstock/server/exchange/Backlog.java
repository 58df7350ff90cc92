package dev.penstock.server.exchange;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A port that neither accepts nor refuses: its backlog is full. */
final class Backlog {
    private Backlog() {
    }

    static ServerSocket full() throws IOException {
        List<Socket> waiting = new ArrayList<>();
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()) {
            @Override
            public void close() throws IOException {
                for (Socket socket : waiting) {
                    socket.close();
                }
                super.close();
            }
        };
        while (true) {
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 200);
            } catch (SocketTimeoutException e) {
                return server;
            }
        }
    }
}
