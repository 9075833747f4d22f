### What an import says.

because-portal-metadata = The list of files that came with it says so.
refusal-nothing-to-import = None of these files is there. Name a file or folder that exists.
import-what-next = Look at the case in the browser: consilium serve
refusal-packet-outdated = A record was deleted from the case while the packet was made, so the packet was not kept. Make it again.
refusal-place-taken = There is something at that place already. Choose another name, or move it away.
purged-file = a file that was purged

# A packet that somebody sent.
because-sender-list = The sender’s list of contents says so.
packet-own-list = The packet’s list of contents, kept and no record.
packet-own-page = The packet’s own page, kept and no record.
packet-list-not-used = The packet’s list of contents cannot be used: { $why } All its files are added as ordinary files.
received-partly = { $here } of { $listed } images arrived.
received-differs = Its bytes are not those that were sent: ask for it again.
received-doubt-manifest = SHA256.TXT can not be read as a list of checksums, so nothing could be held against it. Ask for the packet again.
received-doubt-page = { $name } is not the one that SHA256.TXT names: it was damaged, or edited after the packet was made.
received-doubt-differs = PACKET.JSON and SHA256.TXT have different checksums of { $path }: one of the two was edited after the packet was made.
received-doubt-not-in-manifest = PACKET.JSON lists { $path }, and SHA256.TXT does not.
received-doubt-not-in-list = SHA256.TXT names { $path }, and PACKET.JSON does not.
received-doubt-index = INDEX.HTM does not have the checksum that PACKET.JSON gives of item { $number }.
received-absent = It is in the list, and not on the medium: ask for it.
received-declined = Somebody here said that it does not belong to this case.
received-not-kept = It could not be kept.
received-taken-out = It arrived, and was taken out of the case here since.
