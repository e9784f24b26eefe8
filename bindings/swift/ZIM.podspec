# `pod 'ZIM', :path => 'FOLDER-OF-THE-REPOSITORY/bindings/swift'`, after scripts/xcframework.sh has written Artifacts.
Pod::Spec.new do |spec|
  spec.name = 'ZIM'
  spec.version = '0.1.0'
  spec.summary = 'Instant messaging with a server of your own: <ZIM/ZIM.h>'
  spec.homepage = 'https://example.invalid/open-zim'
  spec.license = { :type => 'Apache-2.0' }
  spec.author = 'The open ZIM authors'
  spec.source = { :git => 'https://example.invalid/open-zim.git', :tag => "v#{spec.version}" }
  spec.cocoapods_version = '>= 1.10.0'
  spec.platform = :ios, '13.0'
  spec.vendored_frameworks = 'Artifacts/ZIM.xcframework'
  spec.frameworks = 'Foundation', 'Security', 'SystemConfiguration'
  spec.libraries = 'resolv'
end
