### What an import says.

because-portal-metadata = The list of files that came with it says so.
refusal-nothing-to-import = None of these files is there. Name a file or folder that exists.
import-what-next = Look at the case in the browser: consilium serve
refusal-records-came = { $count ->
    [one] 1 record came into the case after this page was opened. Open the page again, and choose with it in the list.
   *[other] { $count } records came into the case after this page was opened. Open the page again, and choose with them in the list.
}
refusal-packet-stays = This packet was handed over, is kept here or is followed by another: it stays on record.
refusal-packet-outdated = A record was deleted from the case while the packet was made, so the packet was not kept. Make it again.
refusal-place-no-text = A packet cannot be written there: the name of the place holds bytes that are no text (UTF-8). Choose another folder or name.
refusal-place-taken = There is something at that place already. Choose another name, or move it away.
purged-file = a file that was purged

# A packet that somebody sent.
because-sender-list = The sender’s list of contents says so.
packet-own-list = The packet’s list of contents, kept and no record.
packet-own-page = The packet’s own page, kept and no record.
packet-list-not-used = The packet’s list of contents cannot be used: { $why } All its files are added as ordinary files.
received-partly = { $here } of { $listed } images arrived.
received-unchecked = It is here. Nothing shows that it is as it was sent.
received-no-checksums = SHA256.TXT, the packet’s list of checksums, is missing, so nothing of this packet can be checked and no receipt can be given for it. Ask for the packet again.
received-checksums-unread = SHA256.TXT, the packet’s list of checksums, can not be read, so nothing of this packet can be checked and no receipt can be given for it. Ask for the packet again.
received-some-unchecked = { $count ->
    [one] One item is here that SHA256.TXT, the packet’s list of checksums, does not name
   *[other] { $count } items are here that SHA256.TXT, the packet’s list of checksums, does not name
}: nothing shows that it is as it was sent, and no receipt can be given for it. Ask the sender.
checked-unnamed = { $count ->
    [one] One file is named by no list of the packet
   *[other] { $count } files are named by no list of the packet
}: { $named }
checked-whole = Its checksums were held against its files: all { $same } are those that SHA256.TXT names. Nothing was taken in.
checked-not-whole = Its checksums were held against its files, and it is not as it was sent: { $same } of the files that SHA256.TXT names are right, { $differ } damaged or changed, { $absent } not here. Nothing was taken in. Ask for it again.
checked-no-checksums = SHA256.TXT, its list of checksums, is missing, so nothing of it can be checked. Ask for the packet again.
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
