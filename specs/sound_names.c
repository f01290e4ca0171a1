/* SPDX-License-Identifier: MIT */
#include "specs/sound_names.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* What processes and control groups take: systemd.exec(5), systemd.kill(5),
 * systemd.resource-control(5). */
static const char *const running[] = {
	"AllowedCPUs", "AllowedMemoryNodes", "AmbientCapabilities",
	"AppArmorProfile", "BPFDelegateAttachments", "BPFDelegateCommands",
	"BPFDelegateMaps", "BPFDelegatePrograms", "BPFProgram", "BindPaths",
	"BindReadOnlyPaths", "BlockIOAccounting", "BlockIODeviceWeight",
	"BlockIOReadBandwidth", "BlockIOWeight", "BlockIOWriteBandwidth",
	"CPUAccounting", "CPUAffinity", "CPUQuota", "CPUQuotaPeriodSec",
	"CPUSchedulingPolicy", "CPUSchedulingPriority",
	"CPUSchedulingResetOnFork", "CPUShares", "CPUWeight", "CacheDirectory",
	"CacheDirectoryAccounting", "CacheDirectoryMode",
	"CacheDirectoryQuota", "CapabilityBoundingSet",
	"ConfigurationDirectory", "ConfigurationDirectoryMode",
	"CoredumpFilter", "CoredumpReceive", "DefaultMemoryLow",
	"DefaultMemoryMin", "DefaultStartupMemoryLow", "Delegate",
	"DeviceAllow", "DevicePolicy", "DisableControllers", "DynamicUser",
	"Environment", "EnvironmentFile", "ExecPaths", "ExecSearchPath",
	"ExtensionDirectories", "ExtensionImages", "FinalKillSignal", "Group",
	"IOAccounting", "IODeviceLatencyTargetSec", "IODeviceWeight",
	"IOReadBandwidthMax", "IOReadIOPSMax", "IOSchedulingClass",
	"IOSchedulingPriority", "IOWeight", "IOWriteBandwidthMax",
	"IOWriteIOPSMax", "IPAccounting", "IPAddressAllow", "IPAddressDeny",
	"IPCNamespacePath", "IPEgressFilterPath", "IPIngressFilterPath",
	"IgnoreSIGPIPE", "ImportCredential", "InaccessibleDirectories",
	"InaccessiblePaths", "KeyringMode", "KillMode", "KillSignal",
	"LimitAS", "LimitCORE", "LimitCPU", "LimitDATA", "LimitFSIZE",
	"LimitLOCKS", "LimitMEMLOCK", "LimitMSGQUEUE", "LimitNICE",
	"LimitNOFILE", "LimitNPROC", "LimitRSS", "LimitRTPRIO", "LimitRTTIME",
	"LimitSIGPENDING", "LimitSTACK", "LoadCredential",
	"LoadCredentialEncrypted", "LockPersonality", "LogExtraFields",
	"LogLevelMax", "LogNamespace", "LogRateLimitBurst",
	"LogRateLimitIntervalSec", "LogsDirectory", "LogsDirectoryAccounting",
	"LogsDirectoryMode", "LogsDirectoryQuota", "ManagedOOMMemoryPressure",
	"ManagedOOMMemoryPressureDurationSec", "ManagedOOMMemoryPressureLimit",
	"ManagedOOMPreference", "ManagedOOMSwap", "MemoryAccounting",
	"MemoryDenyWriteExecute", "MemoryHigh", "MemoryKSM", "MemoryLimit",
	"MemoryLow", "MemoryMax", "MemoryMin", "MemoryPressureThresholdSec",
	"MemoryPressureWatch", "MemorySwapMax", "MemoryZSwapMax",
	"MemoryZSwapWriteback", "MountAPIVFS", "MountFlags", "MountImages",
	"NFTSet", "NUMAMask", "NUMAPolicy", "NetworkNamespacePath", "Nice",
	"NoExecPaths", "NoNewPrivileges", "OOMScoreAdjust", "PAMName",
	"PassEnvironment", "Personality", "PrivateBPF", "PrivateDevices",
	"PrivateIPC", "PrivateMounts", "PrivateNetwork", "PrivatePIDs",
	"PrivateTmp", "PrivateTmpEx", "PrivateUsers", "PrivateUsersEx",
	"ProcSubset", "ProtectClock", "ProtectControlGroups",
	"ProtectControlGroupsEx", "ProtectHome", "ProtectHostname",
	"ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables",
	"ProtectProc", "ProtectSystem", "ReadOnlyDirectories", "ReadOnlyPaths",
	"ReadWriteDirectories", "ReadWritePaths", "RemoveIPC",
	"RestartKillSignal", "RestrictAddressFamilies", "RestrictFileSystems",
	"RestrictNamespaces", "RestrictNetworkInterfaces", "RestrictRealtime",
	"RestrictSUIDSGID", "RootDirectory", "RootEphemeral", "RootHash",
	"RootHashSignature", "RootImage", "RootImageOptions", "RootMStack",
	"RootVerity", "RuntimeDirectory", "RuntimeDirectoryMode",
	"RuntimeDirectoryPreserve", "SELinuxContext", "SecureBits",
	"SendSIGHUP", "SendSIGKILL", "SetCredential", "SetCredentialEncrypted",
	"SetLoginEnvironment", "Slice", "SmackProcessLabel", "SocketBindAllow",
	"SocketBindDeny", "StandardError", "StandardInput",
	"StandardInputData", "StandardInputText", "StandardOutput",
	"StartupAllowedCPUs", "StartupAllowedMemoryNodes",
	"StartupBlockIOWeight", "StartupCPUShares", "StartupCPUWeight",
	"StartupIOWeight", "StartupMemoryHigh", "StartupMemoryLow",
	"StartupMemoryMax", "StartupMemoryMin", "StartupMemorySwapMax",
	"StartupMemoryZSwapMax", "StateDirectory", "StateDirectoryAccounting",
	"StateDirectoryMode", "StateDirectoryQuota", "SupplementaryGroups",
	"SyslogFacility", "SyslogIdentifier", "SyslogLevel",
	"SyslogLevelPrefix", "SystemCallArchitectures",
	"SystemCallErrorNumber", "SystemCallFilter", "SystemCallLog",
	"TTYColumns", "TTYPath", "TTYReset", "TTYRows", "TTYVHangup",
	"TTYVTDisallocate", "TasksAccounting", "TasksMax",
	"TemporaryFileSystem", "TimeoutCleanSec", "TimerSlackNSec", "UMask",
	"UnsetEnvironment", "User", "UserNamespacePath", "UtmpIdentifier",
	"UtmpMode", "WatchdogSignal", "WorkingDirectory",
	NULL
};

static const char *const unit_keys[] = {
	"After", "AllowIsolate", "AssertACPower", "AssertArchitecture",
	"AssertCPUFeature", "AssertCPUPressure", "AssertCPUs",
	"AssertCapability", "AssertControlGroupController", "AssertCredential",
	"AssertDirectoryNotEmpty", "AssertEnvironment",
	"AssertFileIsExecutable", "AssertFileNotEmpty", "AssertFirstBoot",
	"AssertGroup", "AssertHost", "AssertIOPressure",
	"AssertKernelCommandLine", "AssertKernelModuleLoaded",
	"AssertKernelVersion", "AssertMemory", "AssertMemoryPressure",
	"AssertNeedsUpdate", "AssertOSRelease", "AssertPathExists",
	"AssertPathExistsGlob", "AssertPathIsDirectory",
	"AssertPathIsEncrypted", "AssertPathIsMountPoint",
	"AssertPathIsReadWrite", "AssertPathIsSocket",
	"AssertPathIsSymbolicLink", "AssertSecurity", "AssertUser",
	"AssertVersion", "AssertVirtualization", "Before", "BindTo", "BindsTo",
	"CollectMode", "ConditionACPower", "ConditionArchitecture",
	"ConditionCPUFeature", "ConditionCPUPressure", "ConditionCPUs",
	"ConditionCapability", "ConditionControlGroupController",
	"ConditionCredential", "ConditionDirectoryNotEmpty",
	"ConditionEnvironment", "ConditionFileIsExecutable",
	"ConditionFileNotEmpty", "ConditionFirmware", "ConditionFirstBoot",
	"ConditionGroup", "ConditionHost", "ConditionIOPressure",
	"ConditionKernelCommandLine", "ConditionKernelModuleLoaded",
	"ConditionKernelVersion", "ConditionMemory", "ConditionMemoryPressure",
	"ConditionNeedsUpdate", "ConditionOSRelease", "ConditionPathExists",
	"ConditionPathExistsGlob", "ConditionPathIsDirectory",
	"ConditionPathIsEncrypted", "ConditionPathIsMountPoint",
	"ConditionPathIsReadWrite", "ConditionPathIsSocket",
	"ConditionPathIsSymbolicLink", "ConditionSecurity", "ConditionUser",
	"ConditionVersion", "ConditionVirtualization", "Conflicts",
	"DefaultDependencies", "Description", "Documentation", "FailureAction",
	"FailureActionExitStatus", "IgnoreOnIsolate", "JobRunningTimeoutSec",
	"JobTimeoutAction", "JobTimeoutRebootArgument", "JobTimeoutSec",
	"JoinsNamespaceOf", "OnFailure", "OnFailureIsolate",
	"OnFailureJobMode", "OnSuccess", "OnSuccessJobMode", "PartOf",
	"PropagateReloadFrom", "PropagateReloadTo", "PropagatesReloadTo",
	"PropagatesStopTo", "RebootArgument", "RefuseManualStart",
	"RefuseManualStop", "ReloadPropagatedFrom", "Requires",
	"RequiresMountsFor", "RequiresOverridable", "Requisite",
	"RequisiteOverridable", "SourcePath", "StartLimitAction",
	"StartLimitBurst", "StartLimitInterval", "StartLimitIntervalSec",
	"StopPropagatedFrom", "StopWhenUnneeded", "SuccessAction",
	"SuccessActionExitStatus", "SurviveFinalKillSignal", "Upholds",
	"Wants", "WantsMountsFor",
	NULL
};

static const char *const install_keys[] = {
	"Alias", "Also", "DefaultInstance", "RequiredBy", "UpheldBy",
	"WantedBy",
	NULL
};

static const char *const service_keys[] = {
	"BusName", "ExecCondition", "ExecReload", "ExecReloadPost",
	"ExecStart", "ExecStartPost", "ExecStartPre", "ExecStop",
	"ExecStopPost", "ExitType", "FailureAction", "FileDescriptorStoreMax",
	"FileDescriptorStorePreserve", "GuessMainPID", "NonBlocking",
	"NotifyAccess", "OOMPolicy", "OpenFile", "PIDFile",
	"PermissionsStartOnly", "RebootArgument", "RefreshOnReload",
	"ReloadSignal", "RemainAfterExit", "Restart", "RestartForceExitStatus",
	"RestartMaxDelaySec", "RestartMode", "RestartPreventExitStatus",
	"RestartSec", "RestartSteps", "RootDirectoryStartOnly",
	"RuntimeMaxSec", "RuntimeRandomizedExtraSec", "Sockets",
	"StartLimitAction", "StartLimitBurst", "StartLimitInterval",
	"SuccessExitStatus", "TimeoutAbortSec", "TimeoutSec",
	"TimeoutStartFailureMode", "TimeoutStartSec", "TimeoutStopFailureMode",
	"TimeoutStopSec", "Type", "USBFunctionDescriptors",
	"USBFunctionStrings", "WatchdogSec",
	NULL
};

static const char *const socket_keys[] = {
	"Accept", "AcceptFileDescriptors", "Backlog", "BindIPv6Only",
	"BindToDevice", "Broadcast", "DeferAcceptSec", "DeferTrigger",
	"DeferTriggerMaxSec", "DirectoryMode", "ExecStartPost", "ExecStartPre",
	"ExecStopPost", "ExecStopPre", "FileDescriptorName", "FlushPending",
	"FreeBind", "IPTOS", "IPTTL", "KeepAlive", "KeepAliveIntervalSec",
	"KeepAliveProbes", "KeepAliveTimeSec", "ListenDatagram", "ListenFIFO",
	"ListenMessageQueue", "ListenNetlink", "ListenSequentialPacket",
	"ListenSpecial", "ListenStream", "ListenUSBFunction", "Mark",
	"MaxConnections", "MaxConnectionsPerSource", "MessageQueueMaxMessages",
	"MessageQueueMessageSize", "NoDelay", "PassCredentials",
	"PassFileDescriptorsToExec", "PassPIDFD", "PassPacketInfo",
	"PassSecurity", "PipeSize", "PollLimitBurst", "PollLimitIntervalSec",
	"Priority", "ReceiveBuffer", "RemoveOnStop", "ReusePort",
	"SELinuxContextFromNet", "SendBuffer", "Service", "SmackLabel",
	"SmackLabelIPIn", "SmackLabelIPOut", "SocketGroup", "SocketMode",
	"SocketProtocol", "SocketUser", "Symlinks", "TCPCongestion",
	"TimeoutSec", "Timestamping", "Transparent", "TriggerLimitBurst",
	"TriggerLimitIntervalSec", "Writable", "XAttrAccept",
	"XAttrEntryPoint", "XAttrListen",
	NULL
};

static const char *const timer_keys[] = {
	"AccuracySec", "DeferReactivation", "FixedRandomDelay", "OnActiveSec",
	"OnBootSec", "OnCalendar", "OnClockChange", "OnStartupSec",
	"OnTimezoneChange", "OnUnitActiveSec", "OnUnitInactiveSec",
	"Persistent", "RandomizedDelaySec", "RandomizedOffsetSec",
	"RemainAfterElapse", "Unit", "WakeSystem",
	NULL
};

static const char *const path_keys[] = {
	"DirectoryMode", "DirectoryNotEmpty", "MakeDirectory", "PathChanged",
	"PathExists", "PathExistsGlob", "PathModified", "TriggerLimitBurst",
	"TriggerLimitIntervalSec", "Unit",
	NULL
};

static const char *const mount_keys[] = {
	"DirectoryMode", "ForceUnmount", "LazyUnmount", "Options",
	"ReadWriteOnly", "SloppyOptions", "TimeoutSec", "Type", "What",
	"Where",
	NULL
};

static const char *const automount_keys[] = {
	"DirectoryMode", "ExtraOptions", "TimeoutIdleSec", "Where",
	NULL
};

static const char *const swap_keys[] = {
	"Options", "Priority", "TimeoutSec", "What",
	NULL
};

static const char *const slice_keys[] = {
	"ConcurrencyHardMax", "ConcurrencySoftMax",
	NULL
};

static const char *const scope_keys[] = {
	"OOMPolicy", "RuntimeMaxSec", "RuntimeRandomizedExtraSec",
	"TimeoutStopSec",
	NULL
};

static const struct {
	const char *section;
	const char *const *keys, *const *more;
} sections[] = {
	{ "Unit", unit_keys, NULL },
	{ "Install", install_keys, NULL },
	{ "Service", service_keys, running },
	{ "Socket", socket_keys, running },
	{ "Timer", timer_keys, NULL },
	{ "Path", path_keys, NULL },
	{ "Mount", mount_keys, running },
	{ "Automount", automount_keys, NULL },
	{ "Swap", swap_keys, running },
	{ "Slice", slice_keys, running },
	{ "Scope", scope_keys, running },
};

enum { SECTIONS = sizeof(sections) / sizeof(*sections) };

bool
sound_slip(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), i = 0;

	if (strcasecmp(a, b) == 0)
		return true;
	if (n > m)
		return sound_slip(b, a);
	if (m - n > 1)
		return false;
	while (a[i] != '\0' && a[i] == b[i])
		i++;
	if (n < m)
		return strcmp(a + i, b + i + 1) == 0;
	return strcmp(a + i + 1, b + i + 1) == 0 || (i + 1 < n &&
	    a[i] == b[i + 1] && a[i + 1] == b[i] &&
	    strcmp(a + i + 2, b + i + 2) == 0);
}

/* Names of four letters and less differ by one from too many others. */
static const char *
meant(const char *const *names, const char *name)
{
	for (size_t i = 0; names != NULL && names[i] != NULL; i++)
		if (strlen(names[i]) > 3 && sound_slip(names[i], name))
			return names[i];
	return NULL;
}

static bool
is_one_of(const char *const *names, const char *name)
{
	for (size_t i = 0; names != NULL && names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

const char *
sound_meant_section(const char *name)
{
	const char *near = NULL;

	for (size_t i = 0; i < SECTIONS; i++) {
		if (strcmp(sections[i].section, name) == 0)
			return NULL;
		if (sound_slip(sections[i].section, name))
			near = sections[i].section;
	}
	return near;
}

const char *
sound_meant_key(const char *section, const char *key)
{
	size_t i = 0;
	const char *near;

	/* X-… is for others than systemd: systemd.unit(5). */
	if (strncmp(key, "X-", 2) == 0)
		return NULL;
	while (i < SECTIONS && strcmp(sections[i].section, section) != 0)
		i++;
	if (i == SECTIONS || is_one_of(sections[i].keys, key) ||
	    is_one_of(sections[i].more, key))
		return NULL;
	near = meant(sections[i].keys, key);
	return near != NULL ? near : meant(sections[i].more, key);
}
