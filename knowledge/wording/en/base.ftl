### Words used in many places.

date-unknown = Date not stated
kind-unknown = Kind not stated yet
not-stated = Not stated
