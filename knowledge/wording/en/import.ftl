### What an import says.

because-portal-metadata = The list of files that came with it says so.
refusal-nothing-to-import = None of these files is there. Name a file or folder that exists.
import-what-next = Look at the case in the browser: consilium serve
refusal-packet-outdated = A record was deleted from the case while the packet was made, so the packet was not kept. Make it again.
refusal-place-taken = There is something at that place already. Choose another name, or move it away.
purged-file = a file that was purged
