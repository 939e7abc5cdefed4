"""Which source package an installed package of Enterprise Linux or Alpine is built from, for SBOMs that do not tell.

The data of Red Hat, Rocky and Alpine name source packages, SBOMs installed ones. An SBOM's own word (qualifier
`upstream`) goes first; these tables hold only packages whose version is that of their source package, so that the two
compare.

`_FROM_EVIDENCE` is what `python -m tools.source_packages` prints; it never goes by likeness of names: errata of
AlmaLinux and Rocky that name the very build of Red Hat's advisory of the same number, and published SBOMs that name the
source. `_REVIEWED` holds base packages that evidence does not reach, by their spec files and APKBUILDs. Each text is a
list of 'source: its packages …'.
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=64)
def _table(place: str) -> dict[str, str]:
    """Package -> source package."""
    built: dict[str, str] = {}
    for text in (_FROM_EVIDENCE.get(place, ""), _REVIEWED.get(place, "")):
        source = ""
        for word in text.split():
            if word.endswith(":"):
                source = word[:-1]
            else:
                built[word] = source
    return built


def source_of(place: str, package: str) -> str:
    """The source package of a package of 'el8' or 'alpine'; '' where it is not known, or the package itself."""
    return _table(place).get(package, "")


_REVIEWED: dict[str, str] = {
    "el6": """
audit: audit-libs audit-libs-python bind: bind-chroot bind-libs bind-utils bzip2: bzip2-libs coreutils:
coreutils-libs cracklib: cracklib-dicts cracklib-python cups: cups-libs cups-lpd curl: libcurl libcurl-devel
cyrus-sasl: cyrus-sasl-gssapi cyrus-sasl-lib cyrus-sasl-md5 cyrus-sasl-plain db4: db4-cxx db4-utils dbus: dbus-libs
dbus-x11 e2fsprogs: e2fsprogs-libs libcom_err libss elfutils: elfutils-libelf elfutils-libelf-devel elfutils-libs
expat: expat-devel gcc: cpp gcc-c++ libgcc libgfortran libgomp libstdc++ libstdc++-devel glib2: glib2-devel glibc:
glibc-common glibc-devel glibc-headers glibc-utils nscd gnupg2: gnupg2-smime httpd: httpd-devel httpd-manual
httpd-tools mod_ssl iptables: iptables-ipv6 kernel: kernel-debug kernel-devel kernel-firmware kernel-headers perf
python-perf keyutils: keyutils-libs krb5: krb5-devel krb5-libs krb5-server krb5-workstation libtiff: libtiff-devel
libxml2: libxml2-devel libxml2-python libxslt: libxslt-devel libxslt-python mysql: mysql-devel mysql-libs
mysql-server ncurses: ncurses-base ncurses-devel ncurses-libs net-snmp: net-snmp-libs net-snmp-utils nss: nss-devel
nss-sysinit nss-tools nss-softokn: nss-softokn-devel nss-softokn-freebl ntp: ntpdate openldap: openldap-clients
openldap-devel openldap-servers openssh: openssh-clients openssh-server openssl: openssl-devel openssl-perl
openssl-static perl: perl-libs php: php-cli php-common php-gd php-ldap php-mysql php-pdo php-xml postgresql:
postgresql-libs postgresql-server procps: procps-devel python: python-devel python-libs tkinter readline:
readline-devel rpm: rpm-build rpm-devel rpm-libs rpm-python samba: libsmbclient samba-client samba-common
samba-winbind sqlite: sqlite-devel sudo: sudo-devel util-linux-ng: libblkid libblkid-devel libuuid libuuid-devel
uuidd vim: vim-common vim-enhanced vim-filesystem vim-minimal xz: xz-libs xz-lzma-compat zlib: zlib-devel
""",
    "el7": """
bind: bind-chroot bind-libs bind-libs-lite bind-license bind-utils cracklib: cracklib-dicts cups: cups-libs
cyrus-sasl: cyrus-sasl-gssapi cyrus-sasl-md5 cyrus-sasl-plain dbus: dbus-libs dbus-x11 device-mapper-multipath:
device-mapper-multipath-libs kpartx e2fsprogs: e2fsprogs-libs libss elfutils: elfutils-default-yama-scope
elfutils-libelf-devel elfutils-libs expat: expat-devel file: file-libs python-magic gcc: cpp gcc-c++ libgfortran
libgomp libquadmath libstdc++-devel glib2: glib2-devel glibc: glibc-devel glibc-headers nscd gnutls: gnutls-devel
httpd: httpd-devel httpd-tools mod_ssl kernel: kernel-debug kernel-devel kernel-headers kernel-tools
kernel-tools-libs perf python-perf krb5: krb5-devel krb5-server krb5-workstation libkadm5 libssh2: libssh2-devel
libxml2: libxml2-devel libxml2-python lz4: lz4-devel mariadb: mariadb-devel mariadb-libs mariadb-server ncurses:
ncurses-devel net-snmp: net-snmp-agent-libs net-snmp-libs net-snmp-utils nss: nss-devel nss-softokn:
nss-softokn-devel ntp: ntpdate openldap: openldap-clients openldap-devel openldap-servers openssh: openssh-clients
openssh-server openssl: openssl-devel openssl-perl openssl-static pcre: pcre-devel php: php-cli php-common php-gd
php-ldap php-mysql php-pdo php-xml polkit: polkit-devel postgresql: postgresql-libs postgresql-server python:
python-devel python-libs tkinter python3: python3-devel python3-libs rpm: rpm-build rpm-build-libs rpm-devel
rpm-python rpm-sign ruby: ruby-libs samba: libsmbclient libwbclient samba-client samba-client-libs samba-common
samba-libs sqlite: sqlite-devel systemd: libgudev1 systemd-libs systemd-python systemd-sysv util-linux:
libblkid-devel libmount-devel libuuid-devel uuidd vim: vim-common vim-enhanced vim-filesystem vim-minimal zlib:
zlib-devel
""",
    "el8": """
cracklib: cracklib-dicts gcc: cpp gcc-c++ libgcc libgomp libstdc++ libstdc++-devel perl: perl-devel perl-interpreter
perl-libs perl-macros
""",
    "el9": """
cracklib: cracklib-dicts gcc: cpp gcc-c++ libgcc libgomp libstdc++ libstdc++-devel openldap: openldap-clients
openldap-compat openldap-devel perl: perl-interpreter perl-libs
""",
    "alpine": """
apk-tools: apk-tools-dev bash: bash-doc busybox: busybox-extras busybox-static bzip2: bzip2-dev cairo: cairo-dev
cairo-gobject curl: curl-dev expat: expat-dev libexpat freetype: freetype-dev gcc: libatomic libgomp libquadmath
git: git-doc git-perl glib: glib-dev gmp: gmp-dev libgmpxx gnutls: gnutls-dev icu: icu-dev icu-libs libarchive:
libarchive-tools libidn2: idn2-utils libidn2-static libjpeg-turbo: libjpeg-turbo-dev libpng: libpng-dev libssh2:
libssh2-dev libtasn1: libtasn1-dev libwebp: libwebp-dev libx11: libx11-dev libxml2: libxml2-utils lz4: lz4-dev
lz4-libs mariadb: mariadb-client mariadb-common mariadb-connector-c-dev musl: musl-dbg musl-dev ncurses: ncurses-dev
nghttp2: nghttp2-dev openldap: openldap-dev openssh: openssh-client openssh-server-pam openssl: libcrypto1.0
libssl1.0 openssl-dev pcre: libpcre16 libpcre32 libpcrecpp pcre-dev pcre2: libpcre2-16 libpcre2-32 pcre2-dev perl:
perl-dev postgresql: libpq postgresql-client postgresql-libs readline: readline-dev ruby: ruby-dev ruby-libs sqlite:
sqlite-dev tiff: libtiffxx tiff-dev util-linux: libfdisk libsmartcols libuuid util-linux-dev xz: xz-doc zlib:
zlib-static
""",
}

_FROM_EVIDENCE: dict[str, str] = {
    "alpine": """
acl: libacl alpine-baselayout: alpine-baselayout-data brotli: brotli-libs busybox: busybox-binsh ssl_client bzip2:
libbz2 ca-certificates: ca-certificates-bundle ca-certificates-cacert curl: libcurl cyrus-sasl: libsasl dbus:
dbus-libs e2fsprogs: libcom_err eudev: eudev-libs gcc: libgcc libstdc++ gd: libgd gettext: libintl gnupg:
gnupg-dirmngr gnupg-gpgconf gnupg-utils gnupg-wks-client gpg gpg-agent gpg-wks-server gpgsm gpgv hwids: hwids-net
hwids-pci hwids-udev hwids-usb iptables: ip6tables keyutils: keyutils-libs kmod: kmod-libs krb5: krb5-libs libc-dev:
libc-utils libnftnl: libnftnl-libs libressl: libressl2.7-libcrypto libressl2.7-libssl libressl2.7-libtls libxml2:
libxml2-dev libxslt: libxslt-dev lksctp-tools: liblksctp lua5.3: lua5.3-libs musl: libc6-compat musl-utils ncurses:
ncurses-libs ncurses-terminfo-base net-tools: mii-tool nghttp2: nghttp2-libs openjdk8: openjdk8-jre-base
openjdk8-jre-lib openldap: libldap openssh: openssh-client-common openssh-client-default openssh-keygen
openssh-server openssh-server-common openssh-sftp-server openssl: libcrypto1.1 libcrypto3 libssl1.1 libssl3 p11-kit:
p11-kit-trust pax-utils: scanelf pcsc-lite: pcsc-lite-libs protobuf: libprotobuf libprotobuf-lite libprotoc protoc
sqlite: sqlite-libs util-linux: libblkid libmount vim: xxd xz: xz-dev xz-libs zlib: zlib-dev zstd: zstd-libs
""",
    "el7": """
acl: libacl attr: libattr audit: audit-libs bzip2: bzip2-libs curl: libcurl cyrus-sasl: cyrus-sasl-lib e2fsprogs:
libcom_err elfutils: elfutils-libelf gcc: libgcc libstdc++ glibc: glibc-common keyutils: keyutils-libs krb5:
krb5-libs libdb: libdb-utils ncurses: ncurses-base ncurses-libs nss: nss-sysinit nss-tools nss-softokn:
nss-softokn-freebl openssl: openssl-libs p11-kit: p11-kit-trust rpm: rpm-libs texinfo: info util-linux: libblkid
libmount libsmartcols libuuid xz: xz-libs
""",
    "el8": """
NetworkManager: NetworkManager-cloud-setup NetworkManager-libnm-devel acl: libacl adwaita-icon-theme:
adwaita-cursor-theme annobin: annobin-annocheck attr: libattr audit: audit-libs avahi: avahi-autoipd
avahi-compat-howl avahi-compat-howl-devel avahi-compat-libdns_sd avahi-compat-libdns_sd-devel avahi-devel avahi-glib
avahi-glib-devel avahi-gobject avahi-gobject-devel avahi-libs avahi-tools avahi-ui avahi-ui-devel avahi-ui-gtk3
python3-avahi bind: bind-chroot bind-devel bind-export-devel bind-export-libs bind-libs bind-libs-lite bind-license
bind-lite-devel bind-pkcs11 bind-pkcs11-devel bind-pkcs11-libs bind-pkcs11-utils bind-sdb bind-sdb-chroot bind-utils
python3-bind bind9.16: bind9.16-chroot bind9.16-devel bind9.16-dnssec-utils bind9.16-doc bind9.16-libs
bind9.16-license bind9.16-utils python3-bind9.16 binutils: binutils-devel bzip2: bzip2-devel bzip2-libs c-ares:
c-ares-devel cairo: cairo-devel cairo-gobject cairo-gobject-devel colord: colord-libs coreutils: coreutils-single
cracklib: cracklib-dicts crypto-policies: crypto-policies-scripts cryptsetup: cryptsetup-devel cryptsetup-libs cups:
cups-client cups-devel cups-filesystem cups-ipptool cups-libs cups-lpd curl: libcurl libcurl-devel libcurl-minimal
cyrus-sasl: cyrus-sasl-devel cyrus-sasl-gs2 cyrus-sasl-gssapi cyrus-sasl-ldap cyrus-sasl-lib cyrus-sasl-md5
cyrus-sasl-ntlm cyrus-sasl-plain cyrus-sasl-scram cyrus-sasl-sql dbus: dbus-common dbus-daemon dbus-devel dbus-libs
dbus-tools dbus-x11 dbus-python: python3-dbus dejavu-fonts: dejavu-fonts-common dejavu-sans-mono-fonts dhcp:
dhcp-client dhcp-common dhcp-libs dhcp-relay dhcp-server dnf: dnf-data python3-dnf yum dnf-plugins-core:
python3-dnf-plugins-core dotnet3.1: dotnet-sdk-3.1 dotnet-sdk-3.1-source-built-artifacts dotnet-templates-3.1
dotnet5.0: dotnet-sdk-5.0 dotnet-sdk-5.0-source-built-artifacts dotnet-templates-5.0 dotnet6.0: dotnet-sdk-6.0
dotnet-sdk-6.0-source-built-artifacts dotnet-templates-6.0 dotnet7.0: dotnet-sdk-7.0
dotnet-sdk-7.0-source-built-artifacts dotnet-templates-7.0 dotnet8.0: dotnet-sdk-8.0
dotnet-sdk-8.0-source-built-artifacts dotnet-sdk-dbg-8.0 dotnet-templates-8.0 dotnet9.0: dotnet-sdk-9.0
dotnet-sdk-9.0-source-built-artifacts dotnet-sdk-aot-9.0 dotnet-sdk-dbg-9.0 dotnet-templates-9.0 dovecot:
dovecot-devel dovecot-mysql dovecot-pgsql dovecot-pigeonhole e2fsprogs: e2fsprogs-devel e2fsprogs-libs libcom_err
libcom_err-devel libss libss-devel edk2: edk2-aarch64 edk2-ovmf elfutils: elfutils-default-yama-scope
elfutils-libelf elfutils-libs exempi: exempi-devel exiv2: exiv2-devel exiv2-doc expat: expat-devel fence-agents:
fence-agents-aliyun fence-agents-all fence-agents-amt-ws fence-agents-apc fence-agents-apc-snmp fence-agents-aws
fence-agents-azure-arm fence-agents-bladecenter fence-agents-brocade fence-agents-cisco-mds fence-agents-cisco-ucs
fence-agents-common fence-agents-compute fence-agents-drac5 fence-agents-eaton-snmp fence-agents-emerson
fence-agents-eps fence-agents-gce fence-agents-heuristics-ping fence-agents-hpblade fence-agents-ibm-powervs
fence-agents-ibm-vpc fence-agents-ibmblade fence-agents-ifmib fence-agents-ilo-moonshot fence-agents-ilo-mp
fence-agents-ilo-ssh fence-agents-ilo2 fence-agents-intelmodular fence-agents-ipdu fence-agents-ipmilan
fence-agents-kdump fence-agents-kubevirt fence-agents-lpar fence-agents-mpath fence-agents-openstack
fence-agents-redfish fence-agents-rhevm fence-agents-rsa fence-agents-rsb fence-agents-sbd fence-agents-scsi
fence-agents-virsh fence-agents-vmware-rest fence-agents-vmware-soap fence-agents-wti fence-agents-zvm file:
file-devel file-libs python3-magic fontpackages: fontpackages-filesystem freerdp: freerdp-devel freetype:
freetype-devel fribidi: fribidi-devel gcc: cpp gcc-c++ gcc-gdb-plugin gcc-gfortran gcc-offload-nvptx
gcc-plugin-devel libasan libatomic libgcc libgomp libitm-devel libquadmath-devel libstdc++ libstdc++-devel
libstdc++-docs libstdc++-static libubsan gcc-toolset-10-binutils: gcc-toolset-10-binutils-devel gcc-toolset-10-gcc:
gcc-toolset-10-gcc-c++ gcc-toolset-10-gcc-gdb-plugin gcc-toolset-10-gcc-gfortran gcc-toolset-10-gcc-plugin-devel
gcc-toolset-10-libasan-devel gcc-toolset-10-libatomic-devel gcc-toolset-10-libitm-devel gcc-toolset-10-liblsan-devel
gcc-toolset-10-libquadmath-devel gcc-toolset-10-libstdc++-devel gcc-toolset-10-libstdc++-docs
gcc-toolset-10-libtsan-devel gcc-toolset-10-libubsan-devel gcc-toolset-11-annobin: gcc-toolset-11-annobin-annocheck
gcc-toolset-11-annobin-docs gcc-toolset-11-annobin-plugin-gcc gcc-toolset-11-binutils: gcc-toolset-11-binutils-devel
gcc-toolset-11-gcc: gcc-toolset-11-gcc-c++ gcc-toolset-11-gcc-gdb-plugin gcc-toolset-11-gcc-gfortran
gcc-toolset-11-gcc-plugin-devel gcc-toolset-11-libasan-devel gcc-toolset-11-libatomic-devel gcc-toolset-11-libgccjit
gcc-toolset-11-libgccjit-devel gcc-toolset-11-libgccjit-docs gcc-toolset-11-libitm-devel
gcc-toolset-11-liblsan-devel gcc-toolset-11-libquadmath-devel gcc-toolset-11-libstdc++-devel
gcc-toolset-11-libstdc++-docs gcc-toolset-11-libtsan-devel gcc-toolset-11-libubsan-devel gdb: gdb-gdbserver gdbm:
gdbm-libs gdk-pixbuf2: gdk-pixbuf2-devel gdk-pixbuf2-modules gdk-pixbuf2-xlib gdk-pixbuf2-xlib-devel git: git-all
git-core git-core-doc git-credential-libsecret git-daemon git-email git-gui git-instaweb git-subtree git-svn gitk
gitweb perl-Git perl-Git-SVN glib2: glib2-doc glib2-static glibc: compat-libpthread-nonshared glibc-all-langpacks
glibc-benchtests glibc-common glibc-devel glibc-doc glibc-gconv-extra glibc-headers glibc-langpack-aa
glibc-langpack-af glibc-langpack-agr glibc-langpack-ak glibc-langpack-am glibc-langpack-an glibc-langpack-anp
glibc-langpack-ar glibc-langpack-as glibc-langpack-ast glibc-langpack-ayc glibc-langpack-az glibc-langpack-be
glibc-langpack-bem glibc-langpack-ber glibc-langpack-bg glibc-langpack-bhb glibc-langpack-bho glibc-langpack-bi
glibc-langpack-bn glibc-langpack-bo glibc-langpack-br glibc-langpack-brx glibc-langpack-bs glibc-langpack-byn
glibc-langpack-ca glibc-langpack-ce glibc-langpack-chr glibc-langpack-cmn glibc-langpack-crh glibc-langpack-cs
glibc-langpack-csb glibc-langpack-cv glibc-langpack-cy glibc-langpack-da glibc-langpack-de glibc-langpack-doi
glibc-langpack-dsb glibc-langpack-dv glibc-langpack-dz glibc-langpack-el glibc-langpack-en glibc-langpack-eo
glibc-langpack-es glibc-langpack-et glibc-langpack-eu glibc-langpack-fa glibc-langpack-ff glibc-langpack-fi
glibc-langpack-fil glibc-langpack-fo glibc-langpack-fr glibc-langpack-fur glibc-langpack-fy glibc-langpack-ga
glibc-langpack-gd glibc-langpack-gez glibc-langpack-gl glibc-langpack-gu glibc-langpack-gv glibc-langpack-ha
glibc-langpack-hak glibc-langpack-he glibc-langpack-hi glibc-langpack-hif glibc-langpack-hne glibc-langpack-hr
glibc-langpack-hsb glibc-langpack-ht glibc-langpack-hu glibc-langpack-hy glibc-langpack-ia glibc-langpack-id
glibc-langpack-ig glibc-langpack-ik glibc-langpack-is glibc-langpack-it glibc-langpack-iu glibc-langpack-ja
glibc-langpack-ka glibc-langpack-kab glibc-langpack-kk glibc-langpack-kl glibc-langpack-km glibc-langpack-kn
glibc-langpack-ko glibc-langpack-kok glibc-langpack-ks glibc-langpack-ku glibc-langpack-kw glibc-langpack-ky
glibc-langpack-lb glibc-langpack-lg glibc-langpack-li glibc-langpack-lij glibc-langpack-ln glibc-langpack-lo
glibc-langpack-lt glibc-langpack-lv glibc-langpack-lzh glibc-langpack-mag glibc-langpack-mai glibc-langpack-mfe
glibc-langpack-mg glibc-langpack-mhr glibc-langpack-mi glibc-langpack-miq glibc-langpack-mjw glibc-langpack-mk
glibc-langpack-ml glibc-langpack-mn glibc-langpack-mni glibc-langpack-mr glibc-langpack-ms glibc-langpack-mt
glibc-langpack-my glibc-langpack-nan glibc-langpack-nb glibc-langpack-nds glibc-langpack-ne glibc-langpack-nhn
glibc-langpack-niu glibc-langpack-nl glibc-langpack-nn glibc-langpack-nr glibc-langpack-nso glibc-langpack-oc
glibc-langpack-om glibc-langpack-or glibc-langpack-os glibc-langpack-pa glibc-langpack-pap glibc-langpack-pl
glibc-langpack-ps glibc-langpack-pt glibc-langpack-quz glibc-langpack-raj glibc-langpack-ro glibc-langpack-ru
glibc-langpack-rw glibc-langpack-sa glibc-langpack-sah glibc-langpack-sat glibc-langpack-sc glibc-langpack-sd
glibc-langpack-se glibc-langpack-sgs glibc-langpack-shn glibc-langpack-shs glibc-langpack-si glibc-langpack-sid
glibc-langpack-sk glibc-langpack-sl glibc-langpack-sm glibc-langpack-so glibc-langpack-sq glibc-langpack-sr
glibc-langpack-ss glibc-langpack-st glibc-langpack-sv glibc-langpack-sw glibc-langpack-szl glibc-langpack-ta
glibc-langpack-tcy glibc-langpack-te glibc-langpack-tg glibc-langpack-th glibc-langpack-the glibc-langpack-ti
glibc-langpack-tig glibc-langpack-tk glibc-langpack-tl glibc-langpack-tn glibc-langpack-to glibc-langpack-tpi
glibc-langpack-tr glibc-langpack-ts glibc-langpack-tt glibc-langpack-ug glibc-langpack-uk glibc-langpack-unm
glibc-langpack-ur glibc-langpack-uz glibc-langpack-ve glibc-langpack-vi glibc-langpack-wa glibc-langpack-wae
glibc-langpack-wal glibc-langpack-wo glibc-langpack-xh glibc-langpack-yi glibc-langpack-yo glibc-langpack-yue
glibc-langpack-yuw glibc-langpack-zh glibc-langpack-zu glibc-locale-source glibc-minimal-langpack glibc-nss-devel
glibc-static glibc-utils libnsl nscd nss_db nss_hesiod gmp: gmp-c++ gmp-devel gnome-desktop3: gnome-desktop3-devel
gnupg2: gnupg2-smime gnutls: gnutls-c++ gnutls-dane gnutls-devel gnutls-utils gpgme: python3-gpg grafana:
grafana-selinux grub2: grub2-common grub2-efi-aa64 grub2-efi-aa64-cdboot grub2-efi-aa64-modules grub2-efi-ia32
grub2-efi-ia32-cdboot grub2-efi-ia32-modules grub2-efi-x64 grub2-efi-x64-cdboot grub2-efi-x64-modules grub2-pc
grub2-pc-modules grub2-ppc64le-modules grub2-tools grub2-tools-efi grub2-tools-extra grub2-tools-minimal
gstreamer1-plugins-bad-free: gstreamer1-plugins-bad-free-devel gstreamer1-plugins-base:
gstreamer1-plugins-base-devel gstreamer1-plugins-good: gstreamer1-plugins-good-gtk gtk3: gtk-update-icon-cache
jasper: jasper-devel jasper-libs java-1.8.0-openjdk: java-1.8.0-openjdk-accessibility
java-1.8.0-openjdk-accessibility-fastdebug java-1.8.0-openjdk-accessibility-slowdebug java-1.8.0-openjdk-demo
java-1.8.0-openjdk-demo-fastdebug java-1.8.0-openjdk-demo-slowdebug java-1.8.0-openjdk-devel
java-1.8.0-openjdk-devel-fastdebug java-1.8.0-openjdk-devel-slowdebug java-1.8.0-openjdk-fastdebug
java-1.8.0-openjdk-headless java-1.8.0-openjdk-headless-fastdebug java-1.8.0-openjdk-headless-slowdebug
java-1.8.0-openjdk-javadoc java-1.8.0-openjdk-javadoc-zip java-1.8.0-openjdk-slowdebug java-1.8.0-openjdk-src
java-1.8.0-openjdk-src-fastdebug java-1.8.0-openjdk-src-slowdebug java-11-openjdk: java-11-openjdk-demo
java-11-openjdk-demo-fastdebug java-11-openjdk-demo-slowdebug java-11-openjdk-devel java-11-openjdk-devel-fastdebug
java-11-openjdk-devel-slowdebug java-11-openjdk-fastdebug java-11-openjdk-headless
java-11-openjdk-headless-fastdebug java-11-openjdk-headless-slowdebug java-11-openjdk-javadoc
java-11-openjdk-javadoc-zip java-11-openjdk-jmods java-11-openjdk-jmods-fastdebug java-11-openjdk-jmods-slowdebug
java-11-openjdk-slowdebug java-11-openjdk-src java-11-openjdk-src-fastdebug java-11-openjdk-src-slowdebug
java-11-openjdk-static-libs java-11-openjdk-static-libs-fastdebug java-11-openjdk-static-libs-slowdebug
java-17-openjdk: java-17-openjdk-demo java-17-openjdk-demo-fastdebug java-17-openjdk-demo-slowdebug
java-17-openjdk-devel java-17-openjdk-devel-fastdebug java-17-openjdk-devel-slowdebug java-17-openjdk-fastdebug
java-17-openjdk-headless java-17-openjdk-headless-fastdebug java-17-openjdk-headless-slowdebug
java-17-openjdk-javadoc java-17-openjdk-javadoc-zip java-17-openjdk-jmods java-17-openjdk-jmods-fastdebug
java-17-openjdk-jmods-slowdebug java-17-openjdk-slowdebug java-17-openjdk-src java-17-openjdk-src-fastdebug
java-17-openjdk-src-slowdebug java-17-openjdk-static-libs java-17-openjdk-static-libs-fastdebug
java-17-openjdk-static-libs-slowdebug java-21-openjdk: java-21-openjdk-devel java-21-openjdk-headless
java-21-openjdk-src java-21-openjdk-static-libs javapackages-tools: javapackages-filesystem jbigkit: jbigkit-libs
json-c: json-c-devel json-c-doc kernel: bpftool kernel-abi-stablelists kernel-abi-whitelists kernel-core
kernel-cross-headers kernel-debug kernel-debug-core kernel-debug-devel kernel-debug-modules
kernel-debug-modules-extra kernel-devel kernel-doc kernel-headers kernel-modules kernel-modules-extra kernel-tools
kernel-tools-libs kernel-tools-libs-devel kernel-zfcpdump kernel-zfcpdump-core kernel-zfcpdump-devel
kernel-zfcpdump-modules kernel-zfcpdump-modules-extra perf python3-perf kernel-rt: kernel-rt-core kernel-rt-debug
kernel-rt-debug-core kernel-rt-debug-devel kernel-rt-debug-kvm kernel-rt-debug-modules kernel-rt-debug-modules-extra
kernel-rt-devel kernel-rt-kvm kernel-rt-modules kernel-rt-modules-extra keyutils: keyutils-libs kmod: kmod-libs
krb5: krb5-devel krb5-libs krb5-pkinit krb5-server krb5-server-ldap krb5-workstation libkadm5 langpacks:
langpacks-en libX11: libX11-common libX11-devel libX11-xcb libarchive: bsdtar libarchive-devel libcap: libcap-devel
libcomps: python3-libcomps libdb: libdb-cxx libdb-cxx-devel libdb-devel-doc libdb-sql libdb-sql-devel libdb-utils
libdnf: libdnf-devel python3-hawkey python3-libdnf libgcrypt: libgcrypt-devel libgexiv2: libgexiv2-devel libglvnd:
libglvnd-core-devel libglvnd-devel libglvnd-egl libglvnd-gles libglvnd-glx libglvnd-opengl libinput: libinput-devel
libjpeg-turbo: libjpeg-turbo-devel libjpeg-turbo-utils turbojpeg turbojpeg-devel libksba: libksba-devel
libmicrohttpd: libmicrohttpd-devel libmicrohttpd-doc libpcap: libpcap-devel libpng: libpng-devel librepo:
python3-librepo libreport: libreport-filesystem libsepol: libsepol-devel libsepol-static libsndfile:
libsndfile-devel libsndfile-utils libsolv: libsolv-devel libsolv-tools libssh: libssh-config libssh-devel libtasn1:
libtasn1-devel libtasn1-tools libtiff: libtiff-devel libtiff-tools libtirpc: libtirpc-devel libuv: libuv-devel
libvpx: libvpx-devel libwacom: libwacom-devel libxcrypt: libxcrypt-devel libxml2: libxml2-devel python3-libxml2
linux-firmware: libertas-sd8686-firmware libertas-sd8787-firmware libertas-usb8388-firmware
libertas-usb8388-olpc-firmware lua: lua-devel lua-libs lvm2: device-mapper device-mapper-libs lz4: lz4-devel
lz4-libs mesa: mesa-libOSMesa-devel mesa-libgbm-devel mingw-binutils: mingw-binutils-generic mingw32-binutils
mingw64-binutils mingw-bzip2: mingw32-bzip2 mingw32-bzip2-static mingw64-bzip2 mingw64-bzip2-static mingw-expat:
mingw32-expat mingw64-expat mingw-filesystem: mingw-filesystem-base mingw32-filesystem mingw64-filesystem
mingw-glib2: mingw32-glib2 mingw32-glib2-static mingw64-glib2 mingw64-glib2-static mingw-sqlite: mingw32-sqlite
mingw32-sqlite-static mingw64-sqlite mingw64-sqlite-static mingw-zlib: mingw32-zlib mingw32-zlib-static mingw64-zlib
mingw64-zlib-static ncurses: ncurses-base ncurses-c++-libs ncurses-compat-libs ncurses-devel ncurses-libs
ncurses-term nettle: nettle-devel nghttp2: libnghttp2 libnghttp2-devel nspr: nspr-devel nss: nss-devel nss-softokn
nss-softokn-devel nss-softokn-freebl nss-softokn-freebl-devel nss-sysinit nss-tools nss-util nss-util-devel
oniguruma: oniguruma-devel opencryptoki: opencryptoki-devel openjpeg2: openjpeg2-devel openjpeg2-devel-docs
openjpeg2-tools openldap: openldap-clients openldap-devel openldap-servers openssh: openssh-askpass openssh-cavs
openssh-clients openssh-keycat openssh-ldap openssh-server openssl: openssl-devel openssl-libs openssl-perl p11-kit:
p11-kit-devel p11-kit-server p11-kit-trust pcre: pcre-cpp pcre-devel pcre-static pcre-utf16 pcre-utf32 pcre2:
pcre2-devel pcre2-tools pcre2-utf16 pcre2-utf32 pcs: pcs-snmp pidgin: libpurple libpurple-devel pidgin-devel
pkgconf: libpkgconf pkgconf-m4 pkgconf-pkg-config publicsuffix-list: publicsuffix-list-dafsa pygobject3:
python3-gobject-base python-chardet: python3-chardet python-dateutil: python3-dateutil python-decorator:
python3-decorator python-ethtool: python3-ethtool python-idna: python3-idna python-iniparse: python3-iniparse
python-inotify: python3-inotify python-lxml: python3-lxml python-pillow: python3-pillow python-pip:
platform-python-pip python3-pip python3-pip-wheel python-ply: python3-ply python-pysocks: python3-pysocks
python-requests: python3-requests python-setuptools: platform-python-setuptools python3-setuptools
python3-setuptools-wheel python-six: python3-six python-systemd: python3-systemd python-urllib3: python3-urllib3
python3: platform-python platform-python-debug platform-python-devel python3-idle python3-libs python3-test
python3-tkinter python3.11: python3.11-debug python3.11-devel python3.11-idle python3.11-libs python3.11-rpm-macros
python3.11-test python3.11-tkinter python3.11-pip: python3.11-pip-wheel python3.11-setuptools:
python3.11-setuptools-wheel python3.12: python3.12-debug python3.12-devel python3.12-idle python3.12-libs
python3.12-rpm-macros python3.12-test python3.12-tkinter python3.12-setuptools: python3.12-setuptools-wheel
quarkus-mandrel-java: quarkus-mandrel-java-jdk-21-binding redhat-release: redhat-release-eula resource-agents:
resource-agents-aliyun resource-agents-gcp resource-agents-paf rpm: python3-rpm rpm-apidocs rpm-build rpm-build-libs
rpm-cron rpm-devel rpm-libs rpm-plugin-fapolicyd rpm-plugin-ima rpm-plugin-prioreset rpm-plugin-selinux
rpm-plugin-syslog rpm-plugin-systemd-inhibit rpm-sign rsync: rsync-daemon samba: ctdb libnetapi libnetapi-devel
libsmbclient libsmbclient-devel libwbclient libwbclient-devel python3-samba python3-samba-dc python3-samba-devel
python3-samba-test samba-client samba-client-libs samba-common samba-common-libs samba-common-tools samba-dc-libs
samba-dcerpc samba-devel samba-krb5-printing samba-ldb-ldap-modules samba-libs samba-pidl samba-test samba-test-libs
samba-tools samba-usershares samba-vfs-iouring samba-winbind samba-winbind-clients samba-winbind-krb5-locator
samba-winbind-modules samba-winexe shadow-utils: shadow-utils-subid shadow-utils-subid-devel shim: shim-aa64
shim-ia32 shim-x64 sqlite: lemon sqlite-devel sqlite-doc sqlite-libs subscription-manager:
dnf-plugin-subscription-manager python3-cloud-what python3-subscription-manager-rhsm python3-syspurpose systemd:
systemd-container systemd-devel systemd-journal-remote systemd-libs systemd-pam systemd-tests systemd-udev texinfo:
info tigervnc: tigervnc-icons tigervnc-license tigervnc-selinux tigervnc-server tigervnc-server-minimal
tigervnc-server-module tomcat: tomcat-admin-webapps tomcat-docs-webapp tomcat-el-3.0-api tomcat-jsp-2.3-api
tomcat-lib tomcat-servlet-4.0-api tomcat-webapps tzdata: tzdata-java util-linux: libblkid libfdisk libmount
libsmartcols libuuid vim: vim-X11 vim-common vim-enhanced vim-filesystem vim-minimal wayland: libwayland-client
libwayland-cursor libwayland-egl libwayland-server wayland-devel webkit2gtk3: webkit2gtk3-devel webkit2gtk3-jsc
webkit2gtk3-jsc-devel xmlrpc-c: xmlrpc-c-c++ xmlrpc-c-client xmlrpc-c-client++ xmlrpc-c-devel xorg-x11-fonts:
xorg-x11-fonts-Type1 xorg-x11-server: xorg-x11-server-Xdmx xorg-x11-server-Xephyr xorg-x11-server-Xnest
xorg-x11-server-Xorg xorg-x11-server-Xvfb xorg-x11-server-common xorg-x11-server-devel xorg-x11-server-source xz:
xz-devel xz-libs xz-lzma-compat zlib: zlib-devel zlib-static zstd: libzstd
""",
    "el9": """
avahi: avahi-compat-howl avahi-compat-howl-devel avahi-compat-libdns_sd avahi-compat-libdns_sd-devel avahi-devel
avahi-glib avahi-glib-devel avahi-libs avahi-tools bash: bash-devel bind: bind-chroot bind-devel bind-dnssec-doc
bind-dnssec-utils bind-doc bind-libs bind-license bind-utils python3-bind buildah: buildah-tests bzip2: bzip2-devel
bzip2-libs c-ares: c-ares-devel cups: cups-client cups-devel cups-filesystem cups-ipptool cups-libs cups-lpd
cups-printerapp curl: curl-minimal libcurl libcurl-devel libcurl-minimal dbus: dbus-common dbus-daemon dbus-devel
dbus-libs dbus-tools dbus-x11 dhcp: dhcp-client dhcp-common dhcp-relay dhcp-server dotnet6.0: dotnet-sdk-6.0
dotnet-sdk-6.0-source-built-artifacts dotnet-templates-6.0 dotnet7.0: dotnet-sdk-7.0
dotnet-sdk-7.0-source-built-artifacts dotnet-templates-7.0 netstandard-targeting-pack-2.1 e2fsprogs: e2fsprogs-devel
e2fsprogs-libs libcom_err libcom_err-devel libss edk2: edk2-aarch64 edk2-ovmf edk2-tools edk2-tools-doc expat:
expat-devel fence-agents: fence-agents-aliyun fence-agents-all fence-agents-amt-ws fence-agents-apc
fence-agents-apc-snmp fence-agents-aws fence-agents-azure-arm fence-agents-bladecenter fence-agents-brocade
fence-agents-cisco-mds fence-agents-cisco-ucs fence-agents-common fence-agents-compute fence-agents-drac5
fence-agents-eaton-snmp fence-agents-emerson fence-agents-eps fence-agents-gce fence-agents-heuristics-ping
fence-agents-hpblade fence-agents-ibm-powervs fence-agents-ibm-vpc fence-agents-ibmblade fence-agents-ifmib
fence-agents-ilo-moonshot fence-agents-ilo-mp fence-agents-ilo-ssh fence-agents-ilo2 fence-agents-intelmodular
fence-agents-ipdu fence-agents-ipmilan fence-agents-kdump fence-agents-kubevirt fence-agents-lpar fence-agents-mpath
fence-agents-openstack fence-agents-redfish fence-agents-rhevm fence-agents-rsa fence-agents-rsb fence-agents-sbd
fence-agents-scsi fence-agents-virsh fence-agents-vmware-rest fence-agents-vmware-soap fence-agents-wti
fence-agents-zvm fence-virt fence-virtd fence-virtd-cpg fence-virtd-libvirt fence-virtd-multicast fence-virtd-serial
fence-virtd-tcp ha-cloud-support file: file-devel file-libs python3-file-magic firefox: firefox-x11 flac: flac-devel
flac-libs freerdp: freerdp-devel freerdp-libs libwinpr libwinpr-devel freetype: freetype-devel fribidi:
fribidi-devel gdb: gdb-doc gdb-gdbserver gdb-headless gdb-minimal ghostscript: ghostscript-doc
ghostscript-tools-dvipdf ghostscript-tools-fonts ghostscript-tools-printing ghostscript-x11 libgs libgs-devel git:
git-all git-core git-core-doc git-credential-libsecret git-daemon git-email git-gui git-instaweb git-subtree git-svn
gitk gitweb perl-Git perl-Git-SVN glib2: glib2-devel glib2-doc glib2-static glib2-tests glibc: glibc-all-langpacks
glibc-benchtests glibc-common glibc-devel glibc-doc glibc-gconv-extra glibc-headers glibc-langpack-aa
glibc-langpack-af glibc-langpack-agr glibc-langpack-ak glibc-langpack-am glibc-langpack-an glibc-langpack-anp
glibc-langpack-ar glibc-langpack-as glibc-langpack-ast glibc-langpack-ayc glibc-langpack-az glibc-langpack-be
glibc-langpack-bem glibc-langpack-ber glibc-langpack-bg glibc-langpack-bhb glibc-langpack-bho glibc-langpack-bi
glibc-langpack-bn glibc-langpack-bo glibc-langpack-br glibc-langpack-brx glibc-langpack-bs glibc-langpack-byn
glibc-langpack-ca glibc-langpack-ce glibc-langpack-chr glibc-langpack-ckb glibc-langpack-cmn glibc-langpack-crh
glibc-langpack-cs glibc-langpack-csb glibc-langpack-cv glibc-langpack-cy glibc-langpack-da glibc-langpack-de
glibc-langpack-doi glibc-langpack-dsb glibc-langpack-dv glibc-langpack-dz glibc-langpack-el glibc-langpack-en
glibc-langpack-eo glibc-langpack-es glibc-langpack-et glibc-langpack-eu glibc-langpack-fa glibc-langpack-ff
glibc-langpack-fi glibc-langpack-fil glibc-langpack-fo glibc-langpack-fr glibc-langpack-fur glibc-langpack-fy
glibc-langpack-ga glibc-langpack-gd glibc-langpack-gez glibc-langpack-gl glibc-langpack-gu glibc-langpack-gv
glibc-langpack-ha glibc-langpack-hak glibc-langpack-he glibc-langpack-hi glibc-langpack-hif glibc-langpack-hne
glibc-langpack-hr glibc-langpack-hsb glibc-langpack-ht glibc-langpack-hu glibc-langpack-hy glibc-langpack-ia
glibc-langpack-id glibc-langpack-ig glibc-langpack-ik glibc-langpack-is glibc-langpack-it glibc-langpack-iu
glibc-langpack-ja glibc-langpack-ka glibc-langpack-kab glibc-langpack-kk glibc-langpack-kl glibc-langpack-km
glibc-langpack-kn glibc-langpack-ko glibc-langpack-kok glibc-langpack-ks glibc-langpack-ku glibc-langpack-kw
glibc-langpack-ky glibc-langpack-lb glibc-langpack-lg glibc-langpack-li glibc-langpack-lij glibc-langpack-ln
glibc-langpack-lo glibc-langpack-lt glibc-langpack-lv glibc-langpack-lzh glibc-langpack-mag glibc-langpack-mai
glibc-langpack-mfe glibc-langpack-mg glibc-langpack-mhr glibc-langpack-mi glibc-langpack-miq glibc-langpack-mjw
glibc-langpack-mk glibc-langpack-ml glibc-langpack-mn glibc-langpack-mni glibc-langpack-mnw glibc-langpack-mr
glibc-langpack-ms glibc-langpack-mt glibc-langpack-my glibc-langpack-nan glibc-langpack-nb glibc-langpack-nds
glibc-langpack-ne glibc-langpack-nhn glibc-langpack-niu glibc-langpack-nl glibc-langpack-nn glibc-langpack-nr
glibc-langpack-nso glibc-langpack-oc glibc-langpack-om glibc-langpack-or glibc-langpack-os glibc-langpack-pa
glibc-langpack-pap glibc-langpack-pl glibc-langpack-ps glibc-langpack-pt glibc-langpack-quz glibc-langpack-raj
glibc-langpack-ro glibc-langpack-ru glibc-langpack-rw glibc-langpack-sa glibc-langpack-sah glibc-langpack-sat
glibc-langpack-sc glibc-langpack-sd glibc-langpack-se glibc-langpack-sgs glibc-langpack-shn glibc-langpack-shs
glibc-langpack-si glibc-langpack-sid glibc-langpack-sk glibc-langpack-sl glibc-langpack-sm glibc-langpack-so
glibc-langpack-sq glibc-langpack-sr glibc-langpack-ss glibc-langpack-st glibc-langpack-sv glibc-langpack-sw
glibc-langpack-szl glibc-langpack-ta glibc-langpack-tcy glibc-langpack-te glibc-langpack-tg glibc-langpack-th
glibc-langpack-the glibc-langpack-ti glibc-langpack-tig glibc-langpack-tk glibc-langpack-tl glibc-langpack-tn
glibc-langpack-to glibc-langpack-tpi glibc-langpack-tr glibc-langpack-ts glibc-langpack-tt glibc-langpack-ug
glibc-langpack-uk glibc-langpack-unm glibc-langpack-ur glibc-langpack-uz glibc-langpack-ve glibc-langpack-vi
glibc-langpack-wa glibc-langpack-wae glibc-langpack-wal glibc-langpack-wo glibc-langpack-xh glibc-langpack-yi
glibc-langpack-yo glibc-langpack-yue glibc-langpack-yuw glibc-langpack-zh glibc-langpack-zu glibc-locale-source
glibc-minimal-langpack glibc-nss-devel glibc-static glibc-utils libnsl nscd nss_db nss_hesiod gmp: gmp-c++ gmp-devel
gnupg2: gnupg2-smime gnutls: gnutls-c++ gnutls-dane gnutls-devel gnutls-utils golang: go-toolset golang-bin
golang-docs golang-misc golang-race golang-src golang-tests grafana: grafana-selinux grub2: grub2-common
grub2-efi-aa64 grub2-efi-aa64-cdboot grub2-efi-aa64-modules grub2-efi-x64 grub2-efi-x64-cdboot grub2-efi-x64-modules
grub2-pc grub2-pc-modules grub2-ppc64le grub2-ppc64le-modules grub2-tools grub2-tools-efi grub2-tools-extra
grub2-tools-minimal gstreamer1-plugins-bad-free: gstreamer1-plugins-bad-free-devel gstreamer1-plugins-base:
gstreamer1-plugins-base-devel gstreamer1-plugins-base-tools gstreamer1-plugins-good: gstreamer1-plugins-good-gtk
httpd: httpd-core httpd-devel httpd-filesystem httpd-manual httpd-tools mod_ldap mod_lua mod_proxy_html mod_session
mod_ssl java-1.8.0-openjdk: java-1.8.0-openjdk-demo java-1.8.0-openjdk-demo-fastdebug
java-1.8.0-openjdk-demo-slowdebug java-1.8.0-openjdk-devel java-1.8.0-openjdk-devel-fastdebug
java-1.8.0-openjdk-devel-slowdebug java-1.8.0-openjdk-fastdebug java-1.8.0-openjdk-headless
java-1.8.0-openjdk-headless-fastdebug java-1.8.0-openjdk-headless-slowdebug java-1.8.0-openjdk-javadoc
java-1.8.0-openjdk-javadoc-zip java-1.8.0-openjdk-slowdebug java-1.8.0-openjdk-src java-1.8.0-openjdk-src-fastdebug
java-1.8.0-openjdk-src-slowdebug java-11-openjdk: java-11-openjdk-demo java-11-openjdk-demo-fastdebug
java-11-openjdk-demo-slowdebug java-11-openjdk-devel java-11-openjdk-devel-fastdebug java-11-openjdk-devel-slowdebug
java-11-openjdk-fastdebug java-11-openjdk-headless java-11-openjdk-headless-fastdebug
java-11-openjdk-headless-slowdebug java-11-openjdk-javadoc java-11-openjdk-javadoc-zip java-11-openjdk-jmods
java-11-openjdk-jmods-fastdebug java-11-openjdk-jmods-slowdebug java-11-openjdk-slowdebug java-11-openjdk-src
java-11-openjdk-src-fastdebug java-11-openjdk-src-slowdebug java-11-openjdk-static-libs
java-11-openjdk-static-libs-fastdebug java-11-openjdk-static-libs-slowdebug java-17-openjdk: java-17-openjdk-demo
java-17-openjdk-demo-fastdebug java-17-openjdk-demo-slowdebug java-17-openjdk-devel java-17-openjdk-devel-fastdebug
java-17-openjdk-devel-slowdebug java-17-openjdk-fastdebug java-17-openjdk-headless
java-17-openjdk-headless-fastdebug java-17-openjdk-headless-slowdebug java-17-openjdk-javadoc
java-17-openjdk-javadoc-zip java-17-openjdk-jmods java-17-openjdk-jmods-fastdebug java-17-openjdk-jmods-slowdebug
java-17-openjdk-slowdebug java-17-openjdk-src java-17-openjdk-src-fastdebug java-17-openjdk-src-slowdebug
java-17-openjdk-static-libs java-17-openjdk-static-libs-fastdebug java-17-openjdk-static-libs-slowdebug
java-21-openjdk: java-21-openjdk-demo java-21-openjdk-demo-fastdebug java-21-openjdk-demo-slowdebug
java-21-openjdk-devel java-21-openjdk-devel-fastdebug java-21-openjdk-devel-slowdebug java-21-openjdk-fastdebug
java-21-openjdk-headless java-21-openjdk-headless-fastdebug java-21-openjdk-headless-slowdebug
java-21-openjdk-javadoc java-21-openjdk-javadoc-zip java-21-openjdk-jmods java-21-openjdk-jmods-fastdebug
java-21-openjdk-jmods-slowdebug java-21-openjdk-slowdebug java-21-openjdk-src java-21-openjdk-src-fastdebug
java-21-openjdk-src-slowdebug java-21-openjdk-static-libs java-21-openjdk-static-libs-fastdebug
java-21-openjdk-static-libs-slowdebug kernel: bpftool kernel-64k kernel-64k-core kernel-64k-debug
kernel-64k-debug-core kernel-64k-debug-devel kernel-64k-debug-devel-matched kernel-64k-debug-modules
kernel-64k-debug-modules-core kernel-64k-debug-modules-extra kernel-64k-devel kernel-64k-devel-matched
kernel-64k-modules kernel-64k-modules-core kernel-64k-modules-extra kernel-abi-stablelists kernel-core
kernel-cross-headers kernel-debug kernel-debug-core kernel-debug-devel kernel-debug-devel-matched
kernel-debug-modules kernel-debug-modules-core kernel-debug-modules-extra kernel-debug-uki-virt kernel-devel
kernel-devel-matched kernel-doc kernel-headers kernel-modules kernel-modules-core kernel-modules-extra kernel-tools
kernel-tools-libs kernel-tools-libs-devel kernel-uki-virt kernel-uki-virt-addons kernel-zfcpdump
kernel-zfcpdump-core kernel-zfcpdump-devel kernel-zfcpdump-devel-matched kernel-zfcpdump-modules
kernel-zfcpdump-modules-core kernel-zfcpdump-modules-extra libperf perf python3-perf rtla rv kernel-rt:
kernel-rt-debug-kvm kernel-rt-kvm krb5: krb5-devel krb5-libs krb5-pkinit krb5-server krb5-server-ldap
krb5-workstation libkadm5 libX11: libX11-common libX11-devel libX11-xcb libcap: libcap-devel libfastjson:
libfastjson-devel libjpeg-turbo: libjpeg-turbo-devel libjpeg-turbo-utils turbojpeg turbojpeg-devel libksba:
libksba-devel liblouis: python3-louis libmicrohttpd: libmicrohttpd-devel libmicrohttpd-doc libnbd:
libnbd-bash-completion libnbd-devel nbdfuse ocaml-libnbd ocaml-libnbd-devel python3-libnbd libsndfile:
libsndfile-devel libsndfile-utils libtasn1: libtasn1-devel libtasn1-tools libtiff: libtiff-devel libtiff-tools
libtirpc: libtirpc-devel libvirt: libvirt-client libvirt-client-qemu libvirt-daemon libvirt-daemon-config-network
libvirt-daemon-config-nwfilter libvirt-daemon-driver-interface libvirt-daemon-driver-network
libvirt-daemon-driver-nodedev libvirt-daemon-driver-nwfilter libvirt-daemon-driver-qemu libvirt-daemon-driver-secret
libvirt-daemon-driver-storage libvirt-daemon-driver-storage-core libvirt-daemon-driver-storage-disk
libvirt-daemon-driver-storage-iscsi libvirt-daemon-driver-storage-logical libvirt-daemon-driver-storage-mpath
libvirt-daemon-driver-storage-rbd libvirt-daemon-driver-storage-scsi libvirt-daemon-kvm libvirt-devel libvirt-docs
libvirt-libs libvirt-lock-sanlock libvirt-nss libxml2: libxml2-devel python3-libxml2 linux-firmware:
libertas-sd8787-firmware linux-firmware-whence netronome-firmware lua: lua-devel lua-libs mariadb: mariadb-backup
mariadb-common mariadb-devel mariadb-embedded mariadb-embedded-devel mariadb-errmsg mariadb-gssapi-server
mariadb-oqgraph-engine mariadb-pam mariadb-server mariadb-server-galera mariadb-server-utils mariadb-test mingw-gcc:
mingw32-cpp mingw32-gcc mingw32-gcc-c++ mingw32-libgcc mingw64-cpp mingw64-gcc mingw64-gcc-c++ mingw64-libgcc
mingw-glib2: mingw32-glib2 mingw32-glib2-static mingw64-glib2 mingw64-glib2-static mingw-zlib: mingw32-zlib
mingw32-zlib-static mingw64-zlib mingw64-zlib-static mysql: mysql-common mysql-devel mysql-errmsg mysql-libs
mysql-server mysql-test ncurses: ncurses-base ncurses-c++-libs ncurses-devel ncurses-libs ncurses-term net-snmp:
net-snmp-agent-libs net-snmp-devel net-snmp-libs net-snmp-perl net-snmp-utils python3-net-snmp nghttp2: libnghttp2
libnghttp2-devel nginx: nginx-all-modules nginx-core nginx-filesystem nginx-mod-devel nginx-mod-http-image-filter
nginx-mod-http-perl nginx-mod-http-xslt-filter nginx-mod-mail nginx-mod-stream nodejs: nodejs-docs nodejs-full-i18n
nodejs-libs nss: nss-devel nss-softokn nss-softokn-devel nss-softokn-freebl nss-softokn-freebl-devel nss-sysinit
nss-tools nss-util nss-util-devel openssl: openssl-devel openssl-libs openssl-perl pcs: pcs-snmp php: php-bcmath
php-cli php-common php-dba php-dbg php-devel php-embedded php-enchant php-ffi php-fpm php-gd php-gmp php-intl
php-ldap php-mbstring php-mysqlnd php-odbc php-opcache php-pdo php-pgsql php-process php-snmp php-soap php-xml
podman: podman-docker podman-gvproxy podman-plugins podman-remote podman-tests python-jwcrypto: python3-jwcrypto
python-pip: python3-pip python3-pip-wheel python-setuptools: python3-setuptools python3-setuptools-wheel
python-urllib3: python3-urllib3 python3.11: python3.11-debug python3.11-devel python3.11-idle python3.11-libs
python3.11-test python3.11-tkinter python3.11-pip: python3.11-pip-wheel python3.11-setuptools:
python3.11-setuptools-wheel python3.12: python3.12-debug python3.12-devel python3.12-idle python3.12-libs
python3.12-test python3.12-tkinter python3.12-setuptools: python3.12-setuptools-wheel python3.9:
python-unversioned-command python3 python3-debug python3-devel python3-idle python3-libs python3-test
python3-tkinter qemu-kvm: qemu-guest-agent qemu-img qemu-kvm-audio-pa qemu-kvm-block-curl qemu-kvm-block-rbd
qemu-kvm-common qemu-kvm-core qemu-kvm-device-display-virtio-gpu qemu-kvm-device-display-virtio-gpu-ccw
qemu-kvm-device-display-virtio-gpu-gl qemu-kvm-device-display-virtio-gpu-pci
qemu-kvm-device-display-virtio-gpu-pci-gl qemu-kvm-device-display-virtio-vga qemu-kvm-device-display-virtio-vga-gl
qemu-kvm-device-usb-host qemu-kvm-device-usb-redirect qemu-kvm-docs qemu-kvm-tools qemu-kvm-ui-egl-headless
qemu-kvm-ui-opengl qemu-pr-helper redis: redis-devel redis-doc rpm: python3-rpm rpm-apidocs rpm-build rpm-build-libs
rpm-cron rpm-devel rpm-libs rpm-plugin-audit rpm-plugin-fapolicyd rpm-plugin-ima rpm-plugin-selinux
rpm-plugin-syslog rpm-plugin-systemd-inhibit rpm-sign rpm-sign-libs rpm-ostree: rpm-ostree-libs rsync: rsync-daemon
ruby: ruby-default-gems ruby-devel ruby-doc ruby-libs samba: ctdb libnetapi libnetapi-devel libsmbclient
libsmbclient-devel libwbclient libwbclient-devel python3-samba python3-samba-dc python3-samba-devel
python3-samba-test samba-client samba-client-libs samba-common samba-common-libs samba-common-tools samba-dc-libs
samba-dcerpc samba-devel samba-krb5-printing samba-ldb-ldap-modules samba-libs samba-pidl samba-test samba-test-libs
samba-tools samba-usershares samba-vfs-iouring samba-winbind samba-winbind-clients samba-winbind-krb5-locator
samba-winbind-modules samba-winexe shadow-utils: shadow-utils-subid shadow-utils-subid-devel shim: shim-aa64
shim-x64 skopeo: skopeo-tests sqlite: sqlite-devel sqlite-libs systemd: rhel-net-naming-sysattrs
systemd-boot-unsigned systemd-container systemd-devel systemd-journal-remote systemd-libs systemd-oomd systemd-pam
systemd-resolved systemd-rpm-macros systemd-udev tigervnc: tigervnc-icons tigervnc-license tigervnc-selinux
tigervnc-server tigervnc-server-minimal tigervnc-server-module tomcat: tomcat-admin-webapps tomcat-docs-webapp
tomcat-el-3.0-api tomcat-jsp-2.3-api tomcat-lib tomcat-servlet-4.0-api tomcat-webapps toolbox: toolbox-tests
varnish: varnish-devel varnish-docs vim: vim-X11 vim-common vim-enhanced vim-filesystem vim-minimal webkit2gtk3:
webkit2gtk3-devel webkit2gtk3-jsc webkit2gtk3-jsc-devel xorg-x11-server: xorg-x11-server-Xdmx xorg-x11-server-Xephyr
xorg-x11-server-Xnest xorg-x11-server-Xorg xorg-x11-server-Xvfb xorg-x11-server-common xorg-x11-server-devel
xorg-x11-server-source xz: xz-devel xz-libs xz-lzma-compat zlib: zlib-devel zlib-static
""",
}
