/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The demo's disk: a small Debian-like tree with faults, and the image it goes into. */
#ifndef BOOTMEND_DEMO_TREE_H
#define BOOTMEND_DEMO_TREE_H

#define DEMO_UUID "5b0d3c5e-1f2a-4c8e-9d7b-000000000001"

/* 0 or -1 with errno. */
int demo_tree_make(const char *dir);
/* A 32 MiB image with an MBR and one Linux partition from 1 MiB on. */
int demo_disk_make(const char *image);

#endif
