module seawall.test/bench/libinjection

go 1.24.6

require github.com/corazawaf/libinjection-go v0.3.5
