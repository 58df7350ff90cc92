package dev.penstock.server.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Ranges of addresses, {@code 10.0.0.0/8, 192.168.1.7, fd00::/8}, as a setting lists those that are trusted. Immutable;
 * any thread.
 */
public final class AddressRanges {
    /** No address. */
    public static final AddressRanges NONE = new AddressRanges(List.of(), "");

    private static final String EXPECTED = "expected: addresses and ranges such as 10.0.0.0/8, 192.168.1.7, fd00::/8";

    private final List<Range> ranges;
    private final String text;

    private AddressRanges(List<Range> ranges, String text) {
        this.ranges = ranges;
        this.text = text;
    }

    /**
     * Reads a list with commas; empty for none.
     *
     * @throws IllegalArgumentException with what is expected, where it is no such list
     */
    public static AddressRanges parse(String text) {
        if (text.isBlank()) {
            return NONE;
        }
        List<Range> ranges = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            ranges.add(range(item.trim()));
        }
        return new AddressRanges(List.copyOf(ranges), text.trim());
    }

    private static Range range(String item) {
        int slash = item.indexOf('/');
        InetAddress first = IpAddress.parse(slash < 0 ? item : item.substring(0, slash));
        if (first == null) {
            throw new IllegalArgumentException(EXPECTED);
        }
        byte[] bytes = IpAddress.bytes(first);
        int most = 8 * bytes.length;
        int bits = slash < 0 ? most : bits(item.substring(slash + 1), most);
        for (int bit = bits; bit < most; bit++) {
            if ((bytes[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
                throw new IllegalArgumentException(item + " has bits behind its prefix");
            }
        }
        return new Range(bytes, bits);
    }

    private static int bits(String text, int most) {
        try {
            int bits = Integer.parseInt(text);
            if (bits >= 0 && bits <= most && text.charAt(0) != '+') {
                return bits;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(EXPECTED);
    }

    /** Whether there is no range. */
    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Whether an address is in one of them. An IPv4 address that comes in IPv6 is an IPv4 address. */
    public boolean contains(InetAddress address) {
        if (ranges.isEmpty()) {
            return false;
        }
        byte[] bytes = IpAddress.bytes(address);
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).contains(bytes)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return text;
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared; private, and never changed.
    private record Range(byte[] prefix, int bits) {
        boolean contains(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            int whole = bits >> 3;
            for (int i = 0; i < whole; i++) {
                if (address[i] != prefix[i]) {
                    return false;
                }
            }
            int mask = 0xff00 >> (bits & 7) & 0xff;
            return mask == 0 || (address[whole] & mask) == prefix[whole];
        }
    }
}
