package dev.penstock.server.address;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Addresses in figures: read and written without asking any resolver. Any thread; holds no state. */
public final class IpAddress {
    private static final int V4 = 4;
    private static final int V6 = 16;
    private static final int MAPPED = 12;
    /** The longest text of an address, {@code ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255}. */
    private static final int LONGEST = 45;

    private IpAddress() {
    }

    /** Reads an address without brackets, port or zone; null if it is none. An IPv4 address in IPv6 is the former. */
    public static @Nullable InetAddress parse(String text) {
        // Netty takes brackets, and a zone behind a percent sign.
        if (text.isEmpty() || text.length() > LONGEST || text.indexOf('%') >= 0 || text.charAt(0) == '[') {
            return null;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        return bytes == null ? null : of(bytes);
    }

    /** The bytes of an address, four or sixteen; an IPv4 address in IPv6 has four. */
    static byte[] bytes(InetAddress address) {
        byte[] bytes = address.getAddress();
        return isMapped(bytes) ? new byte[] {bytes[MAPPED], bytes[MAPPED + 1], bytes[MAPPED + 2], bytes[MAPPED + 3]}
                : bytes;
    }

    /** The text of an address, IPv6 in its short form, without a zone. */
    public static String text(InetAddress address) {
        return NetUtil.toAddressString(of(bytes(address)));
    }

    private static boolean isMapped(byte[] bytes) {
        if (bytes.length != V6) {
            return false;
        }
        for (int i = 0; i < MAPPED - 2; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[MAPPED - 2] == -1 && bytes[MAPPED - 1] == -1;
    }

    private static InetAddress of(byte[] bytes) {
        try {
            // The JDK makes an IPv4 address of one in IPv6 by itself.
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("neither " + V4 + " nor " + V6 + " bytes", e);
        }
    }
}
