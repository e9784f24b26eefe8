# `pod 'ZPNs', :path => 'FOLDER-OF-THE-REPOSITORY/bindings/swift'`, beside the pod ZIM of the same folder.
Pod::Spec.new do |spec|
  spec.name = 'ZPNs'
  spec.version = '0.1.0'
  spec.summary = 'Offline push with a server of your own: <ZPNs/ZPNs.h>'
  spec.homepage = 'https://example.invalid/open-zim'
  spec.license = { :type => 'Apache-2.0' }
  spec.author = 'The open ZIM authors'
  spec.source = { :git => 'https://example.invalid/open-zim.git', :tag => "v#{spec.version}" }
  spec.cocoapods_version = '>= 1.10.0'
  spec.platform = :ios, '13.0'
  spec.vendored_frameworks = 'Artifacts/ZPNs.xcframework'
  spec.frameworks = 'Foundation', 'UIKit', 'UserNotifications'
  spec.dependency 'ZIM', spec.version.to_s
end
