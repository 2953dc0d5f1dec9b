# A thin cover over meson, for those who want one word. Every target that
# builds installs the missing Debian packages of .ci/packages first. A warning
# of a compiler we do not know stops our own builds, not your installation.
#
#   make test BUILD=/tmp/b          another build folder
#   make bench BENCH='--quick --json out.json --plot out.svg'
#                                 see docs/performance.md
#   make install PREFIX=/usr        another place; DESTDIR is known too

BUILD ?= build
RELEASE ?= $(BUILD)-release
PREFIX ?= /usr/local
BENCH ?=

.PHONY: all demo test bench lint install clean help packages

all: $(BUILD)/build.ninja
	@meson compile -C $(BUILD)

help:
	@echo 'make          build riskd and riskctl in $(BUILD)/'
	@echo 'make demo     build and show one liquidation, end to end'
	@echo 'make test     build and run all tests (below 10 minutes)'
	@echo 'make bench    build optimised in $(RELEASE)/ and run benchmarks'
	@echo 'make lint     run only the checks of style and layers'
	@echo 'make install  build optimised and install under $(PREFIX)'
	@echo 'make clean    remove both build folders'
	@echo '.ci/run       all that is checked before a change goes in'

packages:
	@.ci/install

$(BUILD)/build.ninja: | packages
	@meson setup $(BUILD)

$(RELEASE)/build.ninja: | packages
	@meson setup $(RELEASE) --buildtype=release -Db_lto=true \
		-Dwerror=false

demo: all
	@conf/demo/demo.sh $(BUILD)

test: packages
	@.ci/test -b $(BUILD)

lint: packages
	@.ci/test -b $(BUILD) -s lint

bench: $(RELEASE)/build.ninja
	@meson compile -C $(RELEASE) riskd tests/bench/bench
	@meson test -C $(RELEASE) --benchmark --no-rebuild --verbose \
		--test-args='$(BENCH)'

install: $(RELEASE)/build.ninja
	@meson configure $(RELEASE) --prefix=$(PREFIX)
	@meson compile -C $(RELEASE)
	@meson install -C $(RELEASE) --no-rebuild
	@[ -n "$(DESTDIR)" ] || ldconfig 2>/dev/null || true

clean:
	@rm -rf $(BUILD) $(RELEASE)
