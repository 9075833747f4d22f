### Whose a file is, and why files were set aside.

identity-same = Name and birth date agree with this case.
identity-names-nobody = The file names nobody.
identity-no-birth-date = The name agrees, but the file or the case states no birth date.
identity-other-name = The birth date agrees, but the name is another one: a maiden name, a married name, or somebody else.
identity-no-name = The birth date agrees, but no name was found in the file.
identity-several-people = The file names two people. Ask which pages are yours; nothing in it is used before you say that it belongs to this case.
identity-stranger = The file names somebody else.

set-aside-stranger = These files name somebody else.
set-aside-mixed = This file names more than one person. Ask which pages are yours: once it is in the case, all that it says counts as yours.
set-aside-altered = This is not the file that its sender listed: it was changed or damaged on the way. Ask them for it again. Take it only when they say that it is right.
set-aside-locked = This file asks for a password.
