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
received-absent = It is in the list, and not on the medium: ask for it.
received-declined = Somebody here said that it does not belong to this case.
received-not-kept = It could not be kept.
received-taken-out = It arrived, and was taken out of the case here since.
