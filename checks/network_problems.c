/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/network_parts.h"

const struct problem network_hwaddr = {
	.id = "net.hwaddr",
	.severity = DEGRADES,
	.stage = AT_NETWORK,
	.safety = FIX_SAFE,
	.title = "an interface is configured for the hardware address of another machine",
	.why = "A configuration that names a hardware address is for that network card only. In a clone, or after "
	       "the card was replaced, it is passed over: the interface stays down and the machine cannot be "
	       "reached.",
	.console =
		"Bringing up interface eth0:  Device eth0 has different MAC address than expected, ignoring.\n"
		"[FAILED]",
	.by_hand =
		"take the HWADDR= line out of /mnt/etc/sysconfig/network-scripts/ifcfg-eth0 (or mac-address=, "
		"MACAddress=, macaddress: of the others), or write the new card's address there",
	.fix = "with --mac=ADDRESS the line of another card is commented, or gets the address when the file names "
	       "no interface; without it the line is commented when asked to",
};

const struct problem network_persistent_names = {
	.id = "net.persistent-names",
	.severity = DEGRADES,
	.stage = AT_NETWORK,
	.safety = FIX_SAFE,
	.title = "udev keeps an interface's name for the network card of another machine",
	.why = "70-persistent-net.rules gives eth0 to a card that is no longer there. The card of this machine "
	       "becomes eth1, for which nothing is configured, so the network does not come up.",
	.console = "udev: renamed network interface eth0 to eth1\n"
		   "Device eth0 does not seem to be present, delaying initialization.",
	.by_hand = "rm /mnt/etc/udev/rules.d/70-persistent-net.rules (udev writes it anew)",
	.fix = "comments the rules of cards that are not there, and gives the name to the card that is",
};

const struct problem network_gatewaydev = {
	.id = "net.gatewaydev",
	.severity = DEGRADES,
	.stage = AT_NETWORK,
	.safety = FIX_ASK,
	.title = "GATEWAYDEV names an interface that does not lead to the gateway",
	.why = "With GATEWAYDEV in /etc/sysconfig/network only that interface may set a default route. When it is "
	       "another one than that of the gateway's network, there is none: the machine is reached from its "
	       "own network at best.",
	.console = NULL,
	.by_hand =
		"take GATEWAYDEV out of /mnt/etc/sysconfig/network, or name the interface with the gateway's "
		"network there",
	.fix = "names the interface that leads to the gateway, or comments the line where that is not known",
};

const struct problem network_tools = {
	.id = "net.tools",
	.severity = DEGRADES,
	.stage = AT_NETWORK,
	.safety = FIX_NONE,
	.title = "the network is configured for a tool that is not installed",
	.why = "The files say how an interface is to come up, but the program that reads them is gone, and no "
	       "other one brings up an interface. The machine boots without a network.",
	.console =
		"Failed to start Raise network interfaces.\n"
		"No DHCP client software found!\n"
		"networking.service: Failed at step EXEC spawning /sbin/ifup: No such file or directory",
	.by_hand =
		"install the tool in a chroot: apt-get install ifupdown isc-dhcp-client, or netplan.io; dnf install "
		"NetworkManager; or write the configuration for a tool that is there",
};

const struct problem network_config = {
	.id = "net.config",
	.severity = DEGRADES,
	.stage = AT_NETWORK,
	.safety = FIX_ASK,
	.title = "the network does not come up as it is configured",
	.why = "No interface is started at boot, its service is switched off, its file cannot be read by the tool "
	       "it is for, or what stands there cannot work. Nobody can log in over the network.",
	.console = "Failed to start Raise network interfaces.\n"
		   "Error in network definition: expected mapping",
	.by_hand =
		"ONBOOT=yes in ifcfg-eth0; 'auto eth0' in /etc/network/interfaces; autoconnect=true in the "
		"keyfile, which must be root's and have mode 600; systemctl --root=/mnt enable NetworkManager; "
		"correct the line that is named",
	.fix = "sets the interface to be started at boot, enables the service, comments the line, or sets mode and "
	       "owner: whatever the finding names",
};

const struct problem network_filter = {
	.id = "net.filter",
	.severity = DEGRADES,
	.stage = AT_NETWORK,
	.safety = FIX_ASK,
	.title = "packet filter rules that are loaded at boot keep ssh out",
	.why = "The saved rules are walked for a new TCP connection to sshd's port from outside, and for its "
	       "answers. A drop at random (-m statistic) makes connections hang now and then.",
	.console = NULL,
	.by_hand =
		"iptables -I INPUT -p tcp --dport 22 -j ACCEPT in front of the others in the saved rules; "
		"firewall-offline-cmd --add-service=ssh; or take the rule away",
	.fix = "puts a rule that accepts the port in front of the one that drops it, or comments the random one",
};
