// What Pulumi runs where it got this folder by git. The compiled package comes from npm.

require("pulumi-smarthost/component-package");
