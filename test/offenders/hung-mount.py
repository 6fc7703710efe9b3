"""A FUSE file system that answers badly, mounted where nobody else sees it.

    hung-mount.py DIRECTORY unread|unanswered|slow DELAY_MS

Speaks the kernel's protocol (linux/fuse.h, version 7.31) over /dev/fuse by itself, so that no library is needed.
`unread` never reads a request: whoever asks waits, and a signal ends it. `unanswered` reads them and keeps them:
whoever asks can then not even be killed until this process ends. `slow` says ENOENT after the delay.
The mount is made in a mount namespace of its own and reached through /proc/<pid>/root. Prints "ready" and ends with
its standard input.
"""
import ctypes, errno, os, struct, sys, threading, time

directory, mode, delay_ms = sys.argv[1], sys.argv[2], int(sys.argv[3])
libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, MS_REC_PRIVATE = 0x20000, 0x44000
LOOKUP, FORGET, GETATTR, INIT, BATCH_FORGET = 1, 2, 3, 26, 42
now = int(time.time())


def check(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def answer(unique, error, body=b""):
    os.write(device, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)


def root_attributes():
    inode = struct.pack("<QQQQQQIIIIIIIIII", 1, 0, 0, now, now, now, 0, 0, 0, 0o40755, 2, 0, 0, 0, 4096, 0)
    return struct.pack("<QII", 3600, 0, 0) + inode


def serve():
    while True:
        request = os.read(device, 1 << 20)
        _, opcode, unique = struct.unpack_from("<IIQ", request)
        if opcode == INIT:
            answer(unique, 0, struct.pack("<IIIIHHIIHHI28x", 7, 31, 0, 0, 0, 0, 4096, 1, 0, 0, 0))
        elif opcode == GETATTR:
            answer(unique, 0, root_attributes())
        elif opcode in (FORGET, BATCH_FORGET) or mode == "unanswered":
            continue
        else:
            time.sleep(delay_ms / 1000)
            answer(unique, errno.ENOENT if opcode == LOOKUP else errno.ENOSYS)


check(libc.unshare(CLONE_NEWNS))
check(libc.mount(b"none", b"/", None, MS_REC_PRIVATE, None))
device = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
check(libc.mount(b"leash-test", directory.encode(), b"fuse", 0, options))
if mode != "unread":
    threading.Thread(target=serve, daemon=True).start()
print("ready", flush=True)
sys.stdin.read()
os._exit(0)
