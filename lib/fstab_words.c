/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/fstab_words.h"

#define WORD_MAX 64

/* --- types --- */

/* What of the first list can mount what libblkid calls by the names of the second. */
static const struct {
	const char *types;   /* words for the third column */
	const char *on_disk; /* TYPE of libblkid */
	const char *write;   /* what to write where another type stands */
} families[] = {
	{ "ext4 ext4dev", "ext4 ext4dev", "ext4" },
	{ "ext3 ext4", "ext3", "ext3" },
	{ "ext2 ext4", "ext2", "ext2" },
	{ "xfs", "xfs", "xfs" },
	{ "btrfs", "btrfs", "btrfs" },
	{ "vfat msdos umsdos fat", "vfat msdos", "vfat" },
	{ "exfat fuseblk fuse.exfat exfat-fuse texfat", "exfat", "exfat" },
	{ "ntfs ntfs3 ntfs-3g lowntfs-3g fuseblk ufsd tntfs antfs", "ntfs", "ntfs" },
	{ "swap", "swap swsuspend s1suspend tuxonice", "swap" },
	{ "f2fs", "f2fs", "f2fs" },
	{ "jfs", "jfs", "jfs" },
	{ "reiserfs", "reiserfs", "reiserfs" },
	{ "reiser4", "reiser4", "reiser4" },
	{ "nilfs2", "nilfs2", "nilfs2" },
	{ "iso9660", "iso9660", "iso9660" },
	{ "udf", "udf", "udf" },
	{ "squashfs", "squashfs", "squashfs" },
	{ "erofs", "erofs", "erofs" },
	{ "hfs", "hfs", "hfs" },
	{ "hfsplus", "hfsplus", "hfsplus" },
	{ "minix", "minix", "minix" },
	{ "ufs", "ufs", "ufs" },
	{ "cramfs", "cramfs", "cramfs" },
	{ "romfs", "romfs", "romfs" },
	{ "bcachefs", "bcachefs", "bcachefs" },
	{ "gfs2", "gfs2", "gfs2" },
	{ "gfs", "gfs", "gfs" },
	{ "ocfs2", "ocfs2", "ocfs2" },
	/* Containers of something else: no type mounts them. */
	{ "", "crypto_LUKS LVM2_member linux_raid_member BitLocker", NULL },
};

/* An ext3 with its journal, an ext2: the older drivers mount the one without the journal. */
static const struct {
	const char *type, *on_disk;
} also_fits[] = {
	{ "ext2", "ext3" },
	{ "ext4dev", "ext3" },
};

static const char *const virtual_types[] = {
	"proc",	      "sysfs",	   "tmpfs",	 "ramfs",     "devtmpfs",    "devpts",
	"cgroup",     "cgroup2",   "mqueue",	 "hugetlbfs", "debugfs",     "tracefs",
	"securityfs", "pstore",	   "bpf",	 "configfs",  "efivarfs",    "selinuxfs",
	"smackfs",    "fusectl",   "usbfs",	 "usbdevfs",  "binfmt_misc", "nfsd",
	"rpc_pipefs", "sunrpc",	   "rootfs",	 "devfs",     "supermount",  "autofs",
	"overlay",    "overlayfs", "aufs",	 "unionfs",   "none",	     "auto",
	"bind",	      "ignore",	   "xenfs",	 "cpuset",    "functionfs",  "resctrl",
	"swap",	      "systemd-1", "openpromfs", "spufs",     "ipathfs",     "oprofilefs",
	"pipefs",     "shm",	   "subfs",	 "9p",	      "virtiofs",    "vboxsf",
	"prl_fs",     "vmhgfs",	   "fuse",	 "fuseblk",   "ecryptfs",    "mhddfs",
	NULL,
};

static const char *const network_types[] = {
	"nfs",	  "nfs4",  "cifs",   "smb3",	 "smbfs", "ncpfs", "ncp",	"afs",
	"ceph",	  "coda",  "davfs",  "sshfs",	 "gfs",	  "gfs2",  "glusterfs", "ocfs2",
	"lustre", "pvfs2", "beegfs", "orangefs", "gpfs",  "panfs", NULL,
};

bool fstab_words_is_virtual_type(const char *type)
{
	return in_list(type, virtual_types) || startswith(type, "fuse.");
}

bool fstab_words_is_disk_type(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (*type && !streq(type, "auto") && has_word(families[i].types, type, " "))
			return true;
	}
	return false;
}

bool fstab_words_is_type(const char *type)
{
	return fstab_words_is_disk_type(type) || fstab_words_is_virtual_type(type) ||
	       in_list(type, network_types);
}

const char *fstab_words_type_for(const char *on_disk)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (has_word(families[i].on_disk, on_disk, " "))
			return families[i].write;
	}
	return NULL;
}

static enum fstab_fit fit_one(const char *type, const char *on_disk)
{
	bool known = false;

	if (streq(type, "auto") || !fstab_words_is_disk_type(type))
		return FIT_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(also_fits); i++) {
		if (streq(type, also_fits[i].type) && streq(on_disk, also_fits[i].on_disk))
			return FIT_YES;
	}
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (!has_word(families[i].on_disk, on_disk, " "))
			continue;
		known = true;
		if (has_word(families[i].types, type, " "))
			return FIT_YES;
	}
	return known ? FIT_NO : FIT_UNKNOWN;
}

enum fstab_fit fstab_words_fit(const char *type, const char *on_disk)
{
	enum fstab_fit fit = FIT_NO;

	if (!*type || !*on_disk)
		return FIT_UNKNOWN;
	while (*type) {
		char word[WORD_MAX];
		size_t n = strcspn(type, ",");
		enum fstab_fit one;

		if (n >= sizeof(word))
			return FIT_UNKNOWN;
		memcpy(word, type, n);
		word[n] = '\0';
		one = fit_one(word, on_disk);
		if (one != FIT_NO)
			fit = fit == FIT_YES ? fit : one;
		type += n + (type[n] == ',');
	}
	return fit;
}

const char *fstab_words_module(const char *type)
{
	static const struct {
		const char *type, *module;
	} special[] = {
		{ "iso9660", "isofs" }, { "msdos", "msdos" }, { "nfs4", "nfs" },
		{ "ext4dev", "ext4" },	{ "smb3", "cifs" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(special); i++) {
		if (streq(type, special[i].type))
			return special[i].module;
	}
	return type;
}

bool fstab_words_is_remote_fuse(const char *type)
{
	static const char *const types[] = {
		"fuse.s3fs",	  "fuse.s3fs-fuse", "fuse.rclone",   "rclone",
		"fuse.goofys",	  "goofys",	    "fuse.ossfs",    "ossfs",
		"fuse.cosfs",	  "fuse.obsfs",	    "fuse.gcsfuse",  "gcsfuse",
		"fuse.juicefs",	  "juicefs",	    "fuse.davfs2",   "fuse.mfsmount",
		"moosefs",	  "fuse.curlftpfs", "curlftpfs",     "fuse.blobfuse",
		"fuse.blobfuse2", "fuse.geesefs",   "s3fs",	     "mount-s3",
		"fuse.mount-s3",  "fuse.seaweedfs", "fuse.lizardfs", NULL,
	};

	return in_list(type, types);
}

/* --- options --- */

/* Common to all file systems, and long enough that a slip can be told from another word. */
static const char *const common[] = {
	"defaults",   "noauto",	     "nofail",	      "noatime",  "nodiratime", "relatime",
	"norelatime", "strictatime", "nostrictatime", "lazytime", "nolazytime", "nosuid",
	"nodev",      "noexec",	     "async",	      "dirsync",  "remount",	"nouser",
	"users",      "owner",	     "group",	      "_netdev",  "discard",	"nodiscard",
	"usrquota",   "grpquota",    "errors",	      "subvol",	  "subvolid",	"compress",
	"umask",      "fmask",	     "dmask",	      "mode",	  "size",	"iocharset",
	"codepage",   "shortname",   "nobootwait",    "bootwait", "rbind",	NULL,
};

/* Other words that one file system or mount(8) knows: never a slip. */
static const char others[] =
	"rw ro suid dev exec sync atime diratime auto user bind move fail mand nomand "
	"iversion noiversion silent loud quiet context fscontext defcontext rootcontext "
	"seclabel uid gid acl noacl user_xattr nouser_xattr private rprivate shared "
	"rshared slave rslave unbindable runbindable comment loop offset sizelimit "
	"encryption optional showthrough timeout pri sw helper uhelper verity.roothash "
	"quota noquota prjquota usrjquota grpjquota jqfmt bsddf minixdf grpid nogrpid "
	"bsdgroups sysvgroups resgid resuid sb debug check nocheck oldalloc orlov nouid32 "
	"nobh bh data data_err commit journal journal_dev journal_path journal_checksum "
	"nojournal_checksum journal_async_commit journal_ioprio norecovery noload barrier "
	"nobarrier delalloc nodelalloc stripe inode_readahead_blks max_batch_time "
	"min_batch_time auto_da_alloc noauto_da_alloc noinit_itable init_itable "
	"dioread_lock dioread_nolock max_dir_size_kb i_version dax nombcache "
	"block_validity noblock_validity inlinecrypt extents noextents reservation "
	"noreservation xip mblk_io_submit nomblk_io_submit abort "
	"no_prefetch_block_bitmaps prefetch_block_bitmaps test_dummy_encryption allocsize "
	"attr2 noattr2 biosize ikeep noikeep inode32 inode64 largeio nolargeio logbufs "
	"logbsize logdev rtdev mtpt noalign nouuid osyncisosync osyncisdsync uquota "
	"uqnoenforce qnoenforce gquota gqnoenforce pquota pqnoenforce sunit swidth "
	"swalloc wsync filestreams dmapi xdsm delaylog nodelaylog max_atomic_write "
	"lifetime autodefrag noautodefrag alloc_start check_int clear_cache "
	"compress-force datacow nodatacow datasum nodatasum degraded device fatal_errors "
	"flushoncommit noflushoncommit fragment inode_cache noinode_cache max_inline "
	"metadata_ratio notreelog treelog nologreplay recovery rescan_uuid_tree rescue "
	"skip_balance space_cache nospace_cache ssd nossd ssd_spread nossd_spread "
	"thread_pool usebackuproot subvolrootid user_subvol_rm_allowed enospc_debug "
	"noenospc_debug allow_utime utf8 uni_xlate nonumtail posix conv fat cvf_format "
	"usefree showexec sys_immutable flush rodir tz time_offset nfs dos1xfloppy nocase "
	"permissions nls streams_interface windows_names big_writes locale hide_hid_files "
	"hide_dot_files prealloc noprealloc sparse nosparse force norock nojoliet map "
	"block session sbsector cruft hide unhide overriderockperm nr_inodes nr_blocks "
	"huge mpol noswap ptmxmode newinstance max hidepid subset lowerdir upperdir "
	"workdir metacopy redirect_dir index xino volatile userxattr allow_other "
	"allow_root default_permissions max_read blksize fsname subtype nonempty rootmode "
	"user_id group_id background_gc gc_merge active_logs inline_xattr inline_data "
	"inline_dentry extent_cache mode alloc_mode fsync_mode whint_mode checkpoint atgc "
	"notail replayonly hash nointegrity resize credentials username password domain "
	"vers nfsvers proto port rsize wsize timeo retrans hard soft intr nointr bg fg "
	"sec tcp udp lock nolock actimeo noac noresvport minorversion mountproto "
	"mountport mountvers local_lock lookupcache fsc nofsc nosharecache sharecache "
	"rdirplus nordirplus ac cto nocto retry file_mode dir_mode noperm nobrl "
	"mfsymlinks serverino noserverino cache trans version msize access dfltuid "
	"dfltgid aname posixacl name secret secretfile conf mon_addr backupvolfile-server "
	"log-level direct-io-mode backup-volfile-servers guest nounix unix";

static const char *bare(const char *word, char buf[WORD_MAX])
{
	size_t n = strcspn(word, "=");

	if (n == 0 || n >= WORD_MAX)
		return NULL;
	memcpy(buf, word, n);
	buf[n] = '\0';
	return buf;
}

bool fstab_words_is_option(const char *word)
{
	char buf[WORD_MAX];
	const char *name = bare(word, buf);

	return name && (in_list(name, common) || has_word(others, name, " ") ||
			startswith(name, "x-") || startswith(name, "X-"));
}

const char *fstab_words_slip(const char *word)
{
	const char *found = NULL;

	/* A value would have to be judged too, and a short word is near to too many. */
	if (strlen(word) < 5 || strlen(word) >= WORD_MAX || strchr(word, '=') ||
	    fstab_words_is_option(word))
		return NULL;
	for (size_t i = 0; common[i]; i++) {
		if (strlen(common[i]) < 5 || edit_distance(word, common[i]) != 1)
			continue;
		if (found)
			return NULL;
		found = common[i];
	}
	return found;
}

/* Names of options that a type refuses; a name ending in '=' only with a value. */
static const struct {
	const char *types, *options;
} foreign[] = {
	{ "xfs", "errors= data= data_err= subvol= subvolid= compress compress= compress-force= "
		 "space_cache space_cache= autodefrag ssd nossd degraded usrjquota= grpjquota= "
		 "jqfmt= umask= fmask= dmask= codepage= iocharset= shortname= utf8 "
		 "journal_checksum nodelalloc auto_da_alloc noauto_da_alloc stripe= "
		 "max_batch_time= minixdf bsddf dioread_nolock" },
	{ "ext2 ext3 ext4",
	  "inode64 inode32 logbsize= logbufs= logdev= allocsize= largeio swalloc sunit= swidth= "
	  "nouuid uquota gquota pquota uqnoenforce gqnoenforce pqnoenforce filestreams wsync "
	  "ikeep noikeep attr2 noattr2 noalign subvol= subvolid= compress compress= "
	  "compress-force= space_cache space_cache= autodefrag ssd nossd degraded umask= fmask= "
	  "dmask= codepage= iocharset= shortname= utf8" },
	{ "btrfs", "errors= data= data_err= inode64 inode32 logbsize= logbufs= allocsize= "
		   "usrquota grpquota usrjquota= grpjquota= jqfmt= uquota gquota pquota umask= "
		   "fmask= dmask= codepage= iocharset= shortname= utf8 journal_checksum "
		   "nodelalloc nouuid stripe= largeio" },
	{ "vfat msdos", "data= subvol= subvolid= compress compress= space_cache autodefrag ssd "
			"inode64 inode32 logbsize= logbufs= usrquota grpquota usrjquota= "
			"grpjquota= jqfmt= uquota gquota pquota commit= journal_checksum "
			"nodelalloc nouuid" },
	{ "tmpfs", "errors= data= subvol= subvolid= umask= fmask= dmask= logbsize= commit= "
		   "barrier= journal_checksum" },
};

bool fstab_words_is_foreign(const char *type, const char *word)
{
	char name[WORD_MAX];
	size_t n = strcspn(word, "=");

	if (word[n] == '=')
		n++;
	if (n == 0 || n >= sizeof(name))
		return false;
	memcpy(name, word, n);
	name[n] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		if (has_word(foreign[i].types, type, " ") &&
		    has_word(foreign[i].options, name, " "))
			return true;
	}
	return false;
}
